import type { Plugin } from "vite";

type Messages = Record<string, unknown>;

/** English texts without parts stand for themselves: the catalog need not say them a second time. */
export function slimTexts(): Plugin {
  return {
    name: "slim-texts",
    apply: "build",
    transform(code, id) {
      if (!/src\/locales\/en\/\w+\.ts$/.test(id)) return null;
      const literal = /JSON\.parse\((".*"|'.*')\)/s.exec(code)?.[1];
      if (!literal) this.error(`${id} is not a compiled catalog any more: slim-texts.ts does not know it.`);
      const messages = JSON.parse(unquoted(literal)) as Messages;
      const needed = Object.entries(messages).filter(
        ([key, parts]) => !(Array.isArray(parts) && parts.length === 1 && parts[0] === key),
      );
      return { code: `export const messages = ${JSON.stringify(Object.fromEntries(needed))};`, map: null };
    },
  };
}

/** The text of a string literal of the compiled catalog. */
function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  return literal.startsWith('"')
    ? (JSON.parse(literal) as string)
    : inner.replaceAll("\\'", "'").replaceAll("\\\\", "\\");
}
