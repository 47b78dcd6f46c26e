import type { Editor } from "../core/editor";

/** Put a span in and select it; one that is there already with the same ends gets the label instead. */
export function addSpan(
  editor: Editor,
  [start, end]: readonly [number, number],
  label: string,
  keepsSelected = false,
): void {
  const there = [...editor.doc.regions.values()].find(
    (region) =>
      region.shape === "span" && region.start === start && region.end === end && region.label === label,
  );
  if (there) {
    editor.select(there.id);
    return;
  }
  const id = crypto.randomUUID().slice(0, 13);
  editor.put({ id, label, shape: "span", start, end });
  editor.drawn(id, keepsSelected ? "selected" : "loose");
}
