import type { Redact } from '../lib/redact.ts';

/** Where the gateway says what it does. Never a prompt, never a secret. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** `cause` is shown with its stack. */
  error(message: string, cause?: unknown): void;
}

/** A log whose every line has passed the redactor in force. */
export function redactedLog(
  write: (level: 'info' | 'warn' | 'error', line: string) => void,
  redact: () => Redact,
): Log {
  const say = (level: 'info' | 'warn' | 'error', line: string): void => write(level, redact()(line));
  return {
    info: (message) => say('info', message),
    warn: (message) => say('warn', message),
    error: (message, cause) => say('error', cause === undefined ? message : `${message}: ${traceOf(cause)}`),
  };
}

const traceOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
