import { useLingui } from "@lingui/react";
import type { RefObject } from "react";
import type { Action } from "../../editor/actions/actions";
import { toValue } from "../../editor/core/document";
import type { Editor } from "../../editor/core/editor";
import type { Stage } from "../../editor/panels/canvas-stage";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import type { ActiveTime } from "./active-time";

interface Parts {
  editor: Editor;
  session: Session;
  project: Schemas["ProjectDetail"];
  time: ActiveTime;
  stage: RefObject<Stage | null>;
  drawLabel: string | null;
  setDrawLabel: (id: string) => void;
  setSkipping: (on: boolean) => void;
  setSheet: (on: boolean) => void;
  setNote: (text: string) => void;
}

/** The one list of what can be done on the labeling screen. */
export function useActions(parts: Parts): Action[] {
  const { i18n } = useLingui();
  const { editor, session, project, time, stage, setDrawLabel, setSkipping, setSheet, setNote } = parts;
  const has = () => session.current !== null;
  const always = () => true;
  const submit = () => {
    const value = toValue(editor.doc, project.kind);
    if (value === null) return setNote(i18n._("Pick a label first."));
    setNote("");
    void session.finish({ value }, time.milliseconds);
  };
  const back = async () => {
    try {
      const found = await session.back();
      setNote(
        found
          ? i18n._("Your earlier answer. Change it and press Enter.")
          : i18n._("There is no earlier answer."),
      );
    } catch {
      setNote(i18n._("The earlier answer cannot be fetched now."));
    }
  };
  const pickers: Action[] = project.labels.map((label, index) => ({
    id: `label:${label.id}`,
    title: label.name,
    keys: label.key ? [label.key] : index < 10 ? [String((index + 1) % 10)] : [],
    enabled: has,
    run: () => {
      setDrawLabel(label.id);
      setNote("");
      editor.pickLabel(project.kind, label.id);
    },
  }));
  return [
    ...pickers,
    { id: "submit", title: i18n._("Submit"), keys: ["enter"], enabled: has, run: submit },
    { id: "skip", title: i18n._("Skip…"), keys: ["s"], enabled: has, run: () => setSkipping(true) },
    { id: "back", title: i18n._("Back"), keys: ["b", "arrowleft"], enabled: always, run: () => void back() },
    {
      id: "undo",
      title: i18n._("Undo"),
      keys: ["ctrl+z"],
      enabled: () => editor.canUndo,
      run: () => editor.undo(),
    },
    {
      id: "redo",
      title: i18n._("Redo"),
      keys: ["ctrl+y", "ctrl+shift+z"],
      enabled: () => editor.canRedo,
      run: () => editor.redo(),
    },
    {
      id: "delete",
      title: i18n._("Delete the selected box"),
      keys: ["delete", "backspace"],
      enabled: () => editor.selected !== null,
      run: () => editor.removeSelected(),
    },
    {
      id: "cancel",
      title: i18n._("Cancel drawing"),
      keys: ["escape"],
      enabled: always,
      run: () => {
        stage.current?.cancel();
        editor.select(null);
      },
    },
    { id: "fit", title: i18n._("Fit"), keys: ["f"], enabled: has, run: () => stage.current?.fit() },
    {
      id: "zoom-in",
      title: i18n._("Zoom in"),
      keys: ["+", "="],
      enabled: has,
      run: () => stage.current?.zoomBy(1.25),
    },
    {
      id: "zoom-out",
      title: i18n._("Zoom out"),
      keys: ["-"],
      enabled: has,
      run: () => stage.current?.zoomBy(0.8),
    },
    { id: "help", title: i18n._("Keys"), keys: ["?"], enabled: always, run: () => setSheet(true) },
  ];
}
