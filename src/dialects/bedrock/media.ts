import type { MediaPart } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import type { JsonObject } from '../../lib/json.ts';

export type WriteMedia = (part: MediaPart) => JsonObject;

/** Writes the images and documents of one request, in which no two documents may have one name. */
export function mediaWriter(): WriteMedia {
  const names = new Set<string>();
  return (part) => {
    const bytes = dataOf(part);
    const mediaType = part.mediaType ?? (part.kind === 'image' ? 'image/png' : 'application/pdf');
    if (mediaType.startsWith('image/')) return { image: { format: formatOf(mediaType), source: { bytes } } };
    return { document: { format: formatOf(mediaType), name: ownName(part.name, names), source: { bytes } } };
  };
}

function dataOf({ kind, data, url }: MediaPart): string {
  if (kind === 'audio') throw invalid('Bedrock takes images and documents, no audio.', 'messages');
  if (data !== undefined) return data;
  const where = url === undefined ? 'a file id' : 'an address on the web';
  throw invalid(`Bedrock cannot fetch files: send the file itself as a base64 data URL, not ${where}.`, 'messages');
}

/** The formats that Bedrock names unlike their media types. */
const formats: Readonly<Record<string, string>> = {
  'image/jpg': 'jpeg',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

const formatOf = (mediaType: string): string => formats[mediaType] ?? mediaType.slice(mediaType.indexOf('/') + 1);

/** Bedrock takes letters, digits, single spaces, hyphens, parentheses and brackets in a document's name. */
function ownName(name = 'document', names: Set<string>): string {
  const plain =
    name
      .replace(/[^\p{L}\p{N}\s()[\]-]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim() || 'document';
  let own = plain;
  for (let count = 2; names.has(own); count++) own = `${plain} (${count})`;
  names.add(own);
  return own;
}
