const NAMES: Record<string, string> = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS", CrOS: "ChromeOS" };

/** "Firefox, Linux" of a user agent; one that it does not know as it is, shortened. */
export function browserOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
  const known = [browser, system].filter((part) => part !== undefined).map((part) => NAMES[part] ?? part);
  return known.length > 0 ? known.join(", ") : agent.slice(0, 60);
}
