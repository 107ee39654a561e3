/** The most that a database's file may grow to, bytes; room in the address space alone is set apart for it. */
const most = 2 ** 30;

/** Memory that grows where it is, so that a file in it is there once: neither growing nor saving it needs a second copy. */
export const growingMemory = (size: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new ArrayBuffer(size, { maxByteLength: Math.max(size, most) }));

/** These bytes in such memory, where they are not in it. */
export function inGrowingMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (isGrowing(bytes)) return bytes;
  const memory = growingMemory(bytes.length);
  memory.set(bytes);
  return memory;
}

const isGrowing = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.buffer.resizable && bytes.byteLength === bytes.buffer.byteLength;

/** Makes it so large, where it is smaller and can be. Nothing is in use of what nothing was written to. */
export function growTo({ buffer }: Uint8Array<ArrayBuffer>, size: number): void {
  if (size > buffer.byteLength) buffer.resize(Math.min(size, buffer.maxByteLength));
}
