import type { ProviderDialect } from '../dialects/dialect.ts';
import { lineParser, sseParser, type FrameParser } from '../lib/sse.ts';

/** A provider's format, and what cuts its bytes into frames. */
export interface Source {
  readonly dialect: ProviderDialect;
  readonly parser: FrameParser;
}

export const sourceOf = async (dialect: ProviderDialect): Promise<Source> => ({
  dialect,
  parser: await parserFor(dialect),
});

/** AWS's codec is loaded when it is first needed. */
async function parserFor({ framing }: ProviderDialect): Promise<FrameParser> {
  switch (framing) {
    case 'sse':
      return sseParser();
    case 'ndjson':
      return lineParser();
    case 'aws-event-stream': {
      const { awsEventStreamParser } = await import('./aws-event-stream.ts');
      return awsEventStreamParser();
    }
  }
}
