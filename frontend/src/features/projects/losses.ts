import type { I18n } from "@lingui/core";

/** What formats do not hold, as `loses` in `annotation/formats/` says it, in the person's language. */
export function lossInWords(i18n: I18n, loss: string): string {
  const words: Record<string, string> = {
    "lines (polylines)": i18n._("lines (polylines)"),
    "lines (polylines) and skeletons": i18n._("lines (polylines) and skeletons"),
    "ids of regions": i18n._("ids of regions"),
    "ids of spans": i18n._("ids of spans"),
    "who annotated and when": i18n._("who annotated and when"),
    "when it was annotated": i18n._("when it was annotated"),
    attributes: i18n._("attributes"),
    "attributes of an item without any label": i18n._("attributes of an item without any label"),
    "types of attributes (all are text)": i18n._("types of attributes (all are text)"),
    relations: i18n._("relations"),
    "angles of boxes": i18n._("angles of boxes"),
    "coordinates beyond a ten-thousandth of the picture": i18n._(
      "coordinates beyond a ten-thousandth of the picture",
    ),
    "decimals beyond a millionth of the size": i18n._("decimals beyond a millionth of the size"),
    "endings of names, and characters in them that file systems forbid": i18n._(
      "endings of names, and characters in them that file systems forbid",
    ),
    "regions of one label apart from each other (they become one)": i18n._(
      "regions of one label apart from each other (they become one)",
    ),
    "pixels below another region (the later one wins)": i18n._(
      "pixels below another region (the later one wins)",
    ),
    "spans within or across others (the first one wins)": i18n._(
      "spans within or across others (the first one wins)",
    ),
    "ends inside a token (the whole token is taken)": i18n._(
      "ends inside a token (the whole token is taken)",
    ),
    "texts (the name stands for them)": i18n._("texts (the name stands for them)"),
  };
  return words[loss] ?? loss;
}
