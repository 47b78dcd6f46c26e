import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api, unwrap } from "../../shared/api/client";
import { type LabelLook, withOwnColors } from "../canvas/look";
import { Editor } from "../core/editor";
import { type EditorProjectType, type Kind, kindOf } from "../core/kinds";
import { suits } from "../core/labels";
import type { PictureRegion, ShapeName } from "../core/regions";
import type { Marked } from "../text/text-stage";
import { loadRareTools, toolOf, toolsFor } from "../tools/cards";
import type { Brush, Stage } from "./canvas-stage";
import { loadPreferences, type Preferences, savePreferences } from "./preferences";
import { withRecent } from "./recent-labels";

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
  /** The label of the arrow that is being drawn. */
  linkLabel: string | null;
  /** The labels that were used last, the newest first. */
  recent: readonly string[];
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
  /** Regions of other annotations that are shown to compare with. */
  ghosts: readonly PictureRegion[];
  ghost: string | null;
  showGhosts: (ghosts: readonly PictureRegion[], ghost: string | null) => void;
  /** Regions that the server or a reviewer named. */
  marks: ReadonlySet<string>;
  setMarks: (ids: readonly string[]) => void;
}

function firstTool(kind: Kind): string {
  const shape = kind.shapes[0];
  return toolsFor(kind.shapes).find((card) => card.shape === shape)?.id ?? "select";
}

const NO_GHOSTS: readonly PictureRegion[] = [];

export function useBench(benchProject: BenchProject): Bench {
  const editor = useMemo(() => new Editor(), []);
  useSyncExternalStore(editor.subscribe, () => editor.settled);
  const kind = useMemo(() => kindOf(benchProject.project_type), [benchProject.project_type]);
  const project = useMemo(
    () => ({ ...benchProject, labels: withOwnColors(benchProject.labels) }),
    [benchProject],
  );
  const drawable = project.labels.filter((label) => label.shape !== "relation");
  const [drawLabel, setDrawLabel] = useState<string | null>(drawable[0]?.id ?? null);
  const [linkLabel, setLinkLabel] = useState<string | null>(null);
  const [recent, setRecent] = useState<string[]>([]);
  const [toolId, setToolId] = useState(() => toolFor(drawable[0], firstTool(kind)));
  const lastTool = useRef(toolId);
  const [erase, setErase] = useState(false);
  const [preferences, keep] = useState(loadPreferences);
  const [marked, setMarked] = useState<Marked>({ anchor: 0, focus: 0 });
  const [linking, setLinking] = useState<string | null>(null);
  const [{ ghosts, ghost }, setGhosts] = useState({ ghosts: NO_GHOSTS, ghost: null as string | null });
  const [marks, keepMarks] = useState<ReadonlySet<string>>(new Set());
  const setMarks = useCallback((ids: readonly string[]) => keepMarks(new Set(ids)), []);
  const stage = useRef<Stage | null>(null);
  const onStage = useCallback((made: Stage) => {
    stage.current = made;
  }, []);
  const showGhosts = useCallback(
    (shown: readonly PictureRegion[], entry: string | null) => setGhosts({ ghosts: shown, ghost: entry }),
    [],
  );

  const changeTool = (id: string) => {
    if (toolId !== id) lastTool.current = toolId;
    if (toolOf(id).isRare)
      loadRareTools().then(
        () => setToolId(id),
        () => editor.refuse("not_loaded"),
      );
    else setToolId(id);
  };
  /** The tool to draw with after the select tool. */
  const drawingTool = () => (toolOf(lastTool.current).shape ? lastTool.current : firstTool(kind));
  /** A tool takes along a label that it can draw: the one at hand, else the last used, else the first. */
  const setTool = (id: string) => {
    const { shape } = toolOf(id);
    const held = project.labels.find((label) => label.id === drawLabel);
    if (shape && !suits(held, shape)) {
      const used = recent.map((value) => project.labels.find((label) => label.id === value));
      const label = [...used, ...project.labels].find((candidate) => suits(candidate, shape));
      if (!label) return;
      setDrawLabel(label.id);
    }
    changeTool(id);
  };
  /** A label takes along a tool that can draw it; an arrow's label begins an arrow from the selected span. */
  const pick = (id: string) => {
    const label = project.labels.find((candidate) => candidate.id === id);
    if (!label) return;
    setRecent(withRecent(recent, id));
    if (label.shape === "relation") {
      setLinkLabel(id);
      if (editor.selected?.shape === "span") return setLinking(editor.selected.id);
      if (editor.selected?.shape === "relation")
        editor.pickLabel(kind, id, (region) => region.shape === "relation");
      return;
    }
    setDrawLabel(id);
    const free = editor.selectionIsLoose && !preferences.selectAfterDrawing;
    if (free) editor.select(null);
    const fits = (entry: { shape: ShapeName }) => suits(label, entry.shape);
    const taken = editor.pickLabel(kind, id, fits);
    if (!taken && kind.classes === "none") editor.select(null);
    if (kind.classes !== "none") return;
    const drawing = toolId === "select" ? (taken ? "select" : drawingTool()) : toolId;
    if (drawing !== "select") changeTool(toolFor(label, drawing));
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
    linkLabel,
    recent,
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
    ghosts,
    ghost,
    showGhosts,
    marks,
    setMarks,
  };
}

/** The tool of a label that is bound to a shape; the tool at hand where it makes that shape already. */
function toolFor(label: LabelLook | undefined, current: string): string {
  if (!label?.shape || toolOf(current).shape === label.shape) return current;
  return toolsFor([label.shape as never]).find((card) => card.shape === label.shape)?.id ?? current;
}
