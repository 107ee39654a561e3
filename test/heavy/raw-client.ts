import { Agent, request, type IncomingMessage } from 'node:http';

/** What a client came to hear of an answer. */
export interface Heard {
  /** 0: the connection ended before any head. */
  readonly status: number;
  readonly call: string;
  readonly text: string;
  /** Whether the answer came to its end. */
  readonly whole: boolean;
}

/** Many connections of a client, used again, with nothing of an SDK between. */
export const connections = (): Agent => new Agent({ keepAlive: true, maxSockets: Infinity });

export interface Post {
  readonly agent: Agent;
  readonly url: string;
  readonly key: string;
  readonly body: object;
  /** Hangs up when something of the answer has come. */
  readonly hangUp?: boolean;
}

/** A chat call; never rejects. */
export function post({ agent, url, key, body, hangUp = false }: Post): Promise<Heard> {
  const text = JSON.stringify(body);
  return new Promise((resolve) => {
    const outgoing = request(`${url}/v1/chat/completions`, {
      agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(text)),
      },
    });
    outgoing.on('error', () => resolve({ status: 0, call: '', text: '', whole: false }));
    outgoing.on('response', (response) => void hear(response, hangUp).then(resolve));
    outgoing.end(text);
  });
}

function hear(response: IncomingMessage, hangUp: boolean): Promise<Heard> {
  let text = '';
  const heard = (whole: boolean): Heard => ({
    status: response.statusCode ?? 0,
    call: String(response.headers['x-litellm-call-id'] ?? ''),
    text,
    whole,
  });
  return new Promise((resolve) => {
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (hangUp) response.destroy();
    });
    response.on('error', () => undefined); // the close that follows tells it
    response.on('close', () => resolve(heard(response.complete)));
  });
}
