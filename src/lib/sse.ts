/** One server-sent event, or one line of NDJSON as its `data`. */
export interface SseFrame {
  readonly event?: string;
  readonly data: string;
}

/** A frame as it goes over the wire. `data` with line breaks becomes several data lines, as the standard asks. */
export function formatSse(frame: SseFrame): string {
  const data = frame.data.includes('\n') ? frame.data.replaceAll('\n', '\ndata: ') : frame.data;
  return frame.event === undefined ? `data: ${data}\n\n` : `event: ${frame.event}\ndata: ${data}\n\n`;
}

/** Cuts bytes into frames at every split: inside a line, between CR and LF, inside a UTF-8 sequence. */
export interface FrameParser {
  /** The frames that these bytes complete. */
  push(bytes: Uint8Array): SseFrame[];
  /** The frame left over when the stream ends without its closing blank line. */
  end(): SseFrame[];
}

/** Server-sent events as https://html.spec.whatwg.org/multipage/server-sent-events.html has them; comments and ids are left out. */
export function sseParser(): FrameParser {
  const decoder = new TextDecoder();
  let rest = '';
  /** The rest ends with a CR, which may be half of a line's end. */
  let isHalfEnded = false;
  let event: string | undefined;
  let data: string[] = [];

  const takeLine = (line: string, frames: SseFrame[]): void => {
    if (line === '') {
      if (data.length > 0)
        frames.push(event === undefined ? { data: data.join('\n') } : { event, data: data.join('\n') });
      event = undefined;
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value === '' ? undefined : value;
  };
  const takeText = (text: string): SseFrame[] => {
    const frames: SseFrame[] = [];
    const all = rest + text;
    // A long line in many pieces is gone through once, when its end has come, and not again with each piece.
    if (!isHalfEnded && !text.includes('\n') && !text.includes('\r')) {
      rest = all;
      return frames;
    }
    // Where there is no CR, a search for one would go through all of the text for each line.
    const nextEnd = all.includes('\r') ? lineEnd : lineFeed;
    let from = 0;
    for (let end = nextEnd(all, from); end >= 0; end = nextEnd(all, from)) {
      takeLine(all.slice(from, end), frames);
      from = all[end] === '\r' && all[end + 1] === '\n' ? end + 2 : end + 1;
    }
    rest = all.slice(from);
    isHalfEnded = rest.endsWith('\r');
    return frames;
  };
  return {
    push: (bytes) => takeText(decoder.decode(bytes, { stream: true })),
    end: () => takeText(`${decoder.decode()}${isHalfEnded ? '\n' : ''}\n\n`),
  };
}

const lineFeed = (text: string, from: number): number => text.indexOf('\n', from);

/** Where the next line ends; a CR that is the last character so far may be half of a CRLF and waits. */
function lineEnd(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  const cr = text.indexOf('\r', from);
  if (cr < 0 || (lf >= 0 && lf < cr)) return lf;
  return cr === text.length - 1 ? -1 : cr;
}

/** One JSON document a line, as Ollama streams. */
export function lineParser(): FrameParser {
  const decoder = new TextDecoder();
  let rest = '';
  const takeText = (text: string): SseFrame[] => {
    rest += text;
    if (!text.includes('\n')) return [];
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((data) => ({ data }));
  };
  return {
    push: (bytes) => takeText(decoder.decode(bytes, { stream: true })),
    end: () => takeText(`${decoder.decode()}\n`),
  };
}
