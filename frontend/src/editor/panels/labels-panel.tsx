import { useLingui } from "@lingui/react";
import { useRef, useState } from "react";
import { type Action, printed } from "../actions/actions";
import type { LabelLook } from "../canvas/look";
import { groupsOf } from "../core/labels";
import { Icon } from "./icons";
import type { Bench } from "./use-bench";

const MANY = 12;

/** Labels whose name has all words of a text, those that begin with it first. */
export function matching<L extends { name: string }>(labels: readonly L[], text: string): L[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/).filter(Boolean);
  const begins = (label: L) => Number(label.name.toLowerCase().startsWith(wanted));
  return labels
    .filter((label) => words.every((word) => label.name.toLowerCase().includes(word)))
    .sort((a, b) => begins(b) - begins(a));
}

/** The labels with their keys. Many scroll in a box of their own, with a search field and the last used on top. */
export function LabelsPanel({ bench, actions }: { bench: Bench; actions: Action[] }) {
  const { i18n } = useLingui();
  const { project, recent } = bench;
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const many = project.labels.length > MANY;
  const shown = matching(project.labels, text);
  const byId = new Map(project.labels.map((label) => [label.id, label]));
  const last = recent.flatMap((id) => byId.get(id) ?? []);
  const groups = groupsOf(shown);
  const shapes: Record<string, string> = {
    "": i18n._("Any shape"),
    box: i18n._("Boxes"),
    polygon: i18n._("Polygons"),
    polyline: i18n._("Lines"),
    skeleton: i18n._("Keypoints"),
    mask: i18n._("Masks"),
    span: i18n._("Spans"),
    relation: i18n._("Relations"),
  };
  const level = (label: LabelLook): number => {
    const above = byId.get(label.parent ?? "");
    return above ? level(above) + 1 : 0;
  };
  const chip = (label: LabelLook) => (
    <Chip
      level={level(label)}
      key={label.id}
      bench={bench}
      label={label}
      action={actions.find((action) => action.id === `label:${label.id}`)}
    />
  );
  return (
    <fieldset className={many ? "chips many" : "chips"}>
      <legend>{i18n._("Labels")}</legend>
      {many && (
        <div className="label-search">
          <Icon name="search" size={16} />
          <input
            ref={field}
            type="search"
            value={text}
            data-focus="labels"
            aria-label={i18n._("Search labels")}
            placeholder={i18n._("Search labels")}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setText("");
              if (event.key === "Enter" && shown[0]) {
                actions.find((action) => action.id === `label:${shown[0]?.id}`)?.run();
                setText("");
              }
              if (event.key === "Escape" || event.key === "Enter") field.current?.blur();
            }}
          />
          <kbd>/</kbd>
        </div>
      )}
      {many && last.length > 0 && text === "" && (
        <fieldset className="label-group recent">
          <legend>{i18n._("Recent")}</legend>
          {last.map(chip)}
        </fieldset>
      )}
      <div className="label-list">
        {groups.length > 1
          ? groups.map(([shape, labels]) => (
              <fieldset className="label-group" key={shape}>
                <legend>{shapes[shape] ?? shape}</legend>
                {labels.map(chip)}
              </fieldset>
            ))
          : shown.map(chip)}
        {shown.length === 0 && <p className="muted">{i18n._("No matching label.")}</p>}
      </div>
    </fieldset>
  );
}

function Chip({
  bench,
  label,
  action,
  level,
}: {
  bench: Bench;
  label: LabelLook;
  action: Action | undefined;
  level: number;
}) {
  const { editor, kind, drawLabel } = bench;
  const chosen =
    kind.classes === "none"
      ? (editor.selected?.label ?? drawLabel) === label.id
      : editor.doc.labels.includes(label.id);
  const [key] = action?.keys ?? [];
  return (
    <button
      type="button"
      className="chip"
      aria-pressed={chosen}
      aria-keyshortcuts={key}
      data-level={level || undefined}
      style={{ "--chip": label.color } as React.CSSProperties}
      onClick={() => action?.run()}
    >
      {key && <kbd>{printed(key)}</kbd>} <span className="chip-name">{label.name}</span>
      {label.shape === "relation" && <span aria-hidden="true"> →</span>}
    </button>
  );
}
