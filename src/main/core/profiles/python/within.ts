/** Gives up waiting, not the work: a read from a dead network disk cannot be ended. */
export async function within<T>(milliseconds: number, late: T, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<T>(resolve => {
    timer = setTimeout(() => resolve(late), milliseconds);
  });
  return Promise.race([work, waited]).finally(() => clearTimeout(timer));
}
