import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api, unwrap } from "../../shared/api/client";
import type { LabelLook } from "../canvas/look";
import { Editor } from "../core/editor";
import { type EditorProjectType, type Kind, kindOf } from "../core/kinds";
import type { Marked } from "../text/text-stage";
import { toolOf, toolsFor } from "../tools";
import type { Brush, Stage } from "./canvas-stage";
import { loadPreferences, type Preferences, savePreferences } from "./preferences";

export interface AttributeLook {
  id: string;
  name: string;
  type: "choice" | "choices" | "flag" | "number" | "text";
  options: string[];
  labels: string[];
  required: boolean;
}

/** What the bench needs of a project. */
export interface BenchProject {
  project_type: EditorProjectType;
  labels: LabelLook[];
  attributes: AttributeLook[];
}

/** The state of an editor on the screen, shared by labeling and review. */
export interface Bench {
  project: BenchProject;
  kind: Kind;
  editor: Editor;
  toolId: string;
  lastTool: string;
  setTool: (id: string) => void;
  drawLabel: string | null;
  pick: (id: string) => void;
  brush: Brush;
  setErase: (on: boolean) => void;
  preferences: Preferences;
  setPreferences: (preferences: Preferences) => void;
  stage: React.RefObject<Stage | null>;
  onStage: (stage: Stage) => void;
  marked: Marked;
  setMarked: (marked: Marked) => void;
  /** The newest click-to-mask model; null where none is registered. */
  clickModel: { id: number; name: string } | null;
  linking: string | null;
  setLinking: (id: string | null) => void;
}

function firstTool(kind: Kind): string {
  const shape = kind.shapes[0];
  return toolsFor(kind.shapes).find((card) => card.shape === shape)?.id ?? "select";
}

export function useBench(project: BenchProject): Bench {
  const editor = useMemo(() => new Editor(), []);
  useSyncExternalStore(editor.subscribe, () => editor.version);
  const kind = useMemo(() => kindOf(project.project_type), [project.project_type]);
  const drawable = project.labels.filter((label) => label.shape !== "relation");
  const [drawLabel, setDrawLabel] = useState<string | null>(drawable[0]?.id ?? null);
  const [toolId, setToolId] = useState(() => toolFor(drawable[0], firstTool(kind)));
  const lastTool = useRef(toolId);
  const [erase, setErase] = useState(false);
  const [preferences, keep] = useState(loadPreferences);
  const [marked, setMarked] = useState<Marked>({ anchor: 0, focus: 0 });
  const [linking, setLinking] = useState<string | null>(null);
  const stage = useRef<Stage | null>(null);
  const onStage = useCallback((made: Stage) => {
    stage.current = made;
  }, []);

  const setTool = (id: string) => {
    if (toolId !== id) lastTool.current = toolId;
    setToolId(id);
  };
  const pick = (id: string) => {
    const label = project.labels.find((one) => one.id === id);
    if (!label) return;
    setDrawLabel(id);
    const taken = editor.pickLabel(kind, id);
    if (!taken && label.shape) setTool(toolFor(label, toolId));
  };
  const masks = kind.shapes.includes("mask");
  const segmentationModels = useQuery({
    queryKey: ["segmentation-models"],
    queryFn: () => unwrap(api.GET("/api/v1/segmentation-models/")),
    enabled: masks,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    clickModel: segmentationModels.data?.results[0] ?? null,
    project,
    kind,
    editor,
    toolId,
    lastTool: lastTool.current,
    setTool,
    drawLabel,
    pick,
    brush: { radius: preferences.radius, erase },
    setErase,
    preferences,
    setPreferences: (next) => {
      savePreferences(next);
      keep(next);
    },
    stage,
    onStage,
    marked,
    setMarked,
    linking,
    setLinking,
  };
}

/** The tool of a label that is bound to a shape; the tool at hand where it makes that shape already. */
function toolFor(label: LabelLook | undefined, current: string): string {
  if (!label?.shape || toolOf(current).shape === label.shape) return current;
  return toolsFor([label.shape as never]).find((card) => card.shape === label.shape)?.id ?? current;
}
