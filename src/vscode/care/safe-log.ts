import { redactor, type Redact } from '../../lib/redact.ts';

/** As much of the editor's log channel as is used: what goes wrong, for who opens it. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string | Error): void;
  show(preserveFocus?: boolean): void;
}

/** A log whose every line is without secrets, and that remembers the newest of what went wrong. */
export interface SafeLog extends Log {
  /** Secrets of this window, never to be shown from now on. */
  readonly hide: (secrets: Iterable<string>) => void;
  readonly redact: Redact;
  /** The newest warnings and errors, oldest first, each with its time. */
  readonly troubles: () => readonly string[];
}

const mostTroubles = 50;

export function safeLog(channel: Log, now: () => Date = () => new Date()): SafeLog {
  const hidden = new Set<string>();
  let redactAll = redactor(hidden);
  const troubles: string[] = [];
  const redact: Redact = (text) => redactAll(text);
  const remember = (level: string, line: string): string => {
    troubles.push(`${now().toISOString()} ${level} ${line}`);
    if (troubles.length > mostTroubles) troubles.shift();
    return line;
  };
  return {
    redact,
    hide(secrets) {
      for (const secret of secrets) hidden.add(secret);
      redactAll = redactor(hidden);
    },
    troubles: () => troubles,
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(remember('warn', redact(message))),
    error: (message) => channel.error(remember('error', redact(textOf(message)))),
    show: (preserveFocus) => channel.show(preserveFocus),
  };
}

const textOf = (message: string | Error): string =>
  typeof message === 'string' ? message : (message.stack ?? `${message.name}: ${message.message}`);
