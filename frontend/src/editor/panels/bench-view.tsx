import { useEffect } from "react";
import { onDemand } from "../../shared/ui/on-demand";
import { finishLink } from "./edit-actions";
import type { Shown } from "./pictures";
import type { Bench } from "./use-bench";

/** A picture's stage and a text's: a project has one of them. */
const loadCanvas = () => import("./canvas-stage");
const loadText = () => import("../text/text-stage");
const CanvasStage = onDemand(async () => (await loadCanvas()).CanvasStage);
const TextStage = onDemand(async () => (await loadText()).TextStage);

/** Begin to load the stage of a project before its first item is here. */
export function preloadStage(view: string): void {
  (view === "text" ? loadText() : loadCanvas()).catch(() => {}); // showing it tells
}

/** The item with its labels, picture or text. */
export function BenchView({ bench, shown, text }: { bench: Bench; shown: Shown | null; text: string }) {
  useEffect(() => finishLink(bench));
  const { preferences, project } = bench;
  const afterDrawing = (label: string) => {
    if (preferences.selectAfterDrawing) return "selected";
    const isAsked = project.attributes.some(
      (attribute) =>
        attribute.required && (attribute.labels.length === 0 || attribute.labels.includes(label)),
    );
    return isAsked ? "loose" : "free"; // what must be said of it is asked at once
  };
  return bench.kind.view === "text" ? (
    <TextStage
      editor={bench.editor}
      text={text}
      labels={project.labels}
      drawLabel={bench.kind.shapes.length > 0 ? bench.drawLabel : null}
      linking={bench.linking}
      marked={bench.marked}
      setMarked={bench.setMarked}
      keepsSelected={preferences.selectAfterDrawing}
    />
  ) : (
    <CanvasStage
      editor={bench.editor}
      shown={shown}
      labels={project.labels}
      drawLabel={bench.drawLabel}
      toolId={bench.toolId}
      shapes={bench.kind.shapes}
      brush={bench.brush}
      display={preferences.display}
      keepView={preferences.keepView}
      clickModel={bench.clickModel?.id ?? null}
      onStage={bench.onStage}
      afterDrawing={afterDrawing}
      ghosts={bench.ghosts}
      ghost={bench.ghost}
    />
  );
}
