/** Waits until it is so; mocha ends what never is. */
export async function until<T>(read: () => T | PromiseLike<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
