/** Pictures on their way or decoded: the next item's is here before it is shown. */
const kept = new Map<string, Promise<HTMLImageElement>>();
const MAX = 12;

export function picture(address: string): Promise<HTMLImageElement> {
  const found = kept.get(address);
  if (found) return found;
  const made = decode(address);
  kept.set(address, made);
  made.catch(() => kept.delete(address));
  if (kept.size > MAX) {
    const oldest = kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
  }
  return made;
}

async function decode(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
