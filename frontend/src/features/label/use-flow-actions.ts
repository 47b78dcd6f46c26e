import { useLingui } from "@lingui/react";
import { useRef } from "react";
import type { Action } from "../../editor/actions/actions";
import { docOf } from "../../editor/core/kinds";
import { misfit } from "../../editor/core/labels";
import type { ActiveTime } from "../../editor/panels/active-time";
import type { FramePanel } from "../../editor/panels/bench-frame";
import type { Bench } from "../../editor/panels/use-bench";
import type { Session } from "../../editor/sync/session";

export type Panel = "skip" | FramePanel | null;

interface Parts {
  bench: Bench;
  session: Session;
  time: ActiveTime;
  submitted: () => void;
  setPanel: (panel: Panel) => void;
  toggleComments: () => void;
  setNote: (text: string) => void;
  preAnnotationShown: () => boolean;
}

/** What can be done with the item as a whole: submit, skip, go back. */
export function useFlowActions(parts: Parts): Action[] {
  const { i18n } = useLingui();
  const { bench, session, time, submitted, setPanel, toggleComments, setNote, preAnnotationShown } = parts;
  const { editor, kind } = bench;
  const has = () => session.current !== null;
  const always = () => true;
  const warned = useRef<unknown>(null);

  const submit = () => {
    if (bench.stage.current?.tool().finish()) return; // Enter ends a shape of many points first
    const value = kind.toValue(editor.doc);
    if (value === null) return setNote(i18n._("Pick a label first."));
    const wrong = misfit(editor.doc.regions.values(), bench.project.labels);
    if (wrong) {
      const label = bench.project.labels.find((candidate) => candidate.id === wrong.label);
      editor.select(wrong.id);
      bench.setMarks([wrong.id]);
      return setNote(
        i18n._("The label {label} is for another shape. Pick another label for the selected region.", {
          label: label?.name ?? wrong.label,
        }),
      );
    }
    if (missing(bench)) return setNote(i18n._('Required attributes are missing (marked "incomplete").'));
    const isEmpty = kind.shapes.length > 0 && editor.doc.regions.size === 0;
    if (isEmpty && warned.current !== session.current) {
      warned.current = session.current;
      return setNote(i18n._("Nothing is annotated here. Press Enter again to submit it empty."));
    }
    setNote("");
    submitted();
    void session.finish({ value }, time.milliseconds, preAnnotationShown());
  };
  const back = async () => {
    try {
      const match = await session.back();
      setNote(
        {
          annotation: i18n._("Your earlier annotation. Change it and submit again."),
          skip: i18n._("The skip was undone. The task is yours again."),
          none: i18n._("There is no earlier task."),
        }[match],
      );
    } catch {
      setNote(i18n._("The earlier task cannot be loaded now."));
    }
  };
  const accept = () => {
    const preAnnotation = docOf(kind, session.current?.pre_annotation?.value);
    const { labels, attributes, regions } = editor.doc;
    editor.commit([
      { kind: "labels", before: labels, after: preAnnotation.labels },
      { kind: "attributes", before: attributes, after: preAnnotation.attributes },
      ...[...preAnnotation.regions.values()].map(
        (after) => ({ kind: "region", id: after.id, before: regions.get(after.id) ?? null, after }) as const,
      ),
    ]);
  };
  const act = (
    id: string,
    title: string,
    keys: string[],
    enabled: () => boolean,
    run: () => void,
  ): Action => ({ id, group: "flow", title, keys, enabled, run });
  return [
    act("submit", i18n._("Submit"), ["enter"], has, submit),
    act("skip", i18n._("Skip…"), ["s"], has, () => setPanel("skip")),
    act("back", i18n._("Previous"), ["b"], always, () => void back()),
    act("later", i18n._("Postpone"), ["n"], has, () => {
      if (!session.later()) setNote(i18n._("There is no other task to take first."));
    }),
    act("accept", i18n._("Accept prediction"), ["y"], () => !!session.current?.pre_annotation, accept),
    act("comment", i18n._("Comments"), ["m"], has, toggleComments),
    { ...act("view", i18n._("View settings"), ["shift+v"], always, () => setPanel("view")), group: "view" },
    {
      ...act("palette", i18n._("Find an action"), ["ctrl+k"], always, () => setPanel("palette")),
      group: "help",
    },
    { ...act("help", i18n._("Keyboard shortcuts"), ["?"], always, () => setPanel("sheet")), group: "help" },
  ];
}

/** A required attribute that is not said. */
function missing({ project, kind, editor }: Bench): boolean {
  const required = project.attributes.filter((attribute) => attribute.required);
  const lacks = (label: string, values: Record<string, unknown> | undefined) =>
    required.some(
      (look) => (look.labels.length === 0 || look.labels.includes(label)) && values?.[look.id] === undefined,
    );
  if (kind.classes !== "none") return lacks(editor.doc.labels[0] ?? "", editor.doc.attributes);
  return [...editor.doc.regions.values()].some(
    (region) => region.shape !== "relation" && lacks(region.label, region.attributes),
  );
}
