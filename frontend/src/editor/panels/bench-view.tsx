import { useEffect } from "react";
import { TextStage } from "../text/text-stage";
import { CanvasStage } from "./canvas-stage";
import { finishLink } from "./edit-actions";
import type { Shown } from "./pictures";
import type { Bench } from "./use-bench";

/** The item with its labels, picture or text. */
export function BenchView({ bench, shown, text }: { bench: Bench; shown: Shown | null; text: string }) {
  useEffect(() => finishLink(bench));
  if (bench.kind.view === "text")
    return (
      <TextStage
        editor={bench.editor}
        text={text}
        labels={bench.project.labels}
        drawLabel={bench.kind.shapes.length > 0 ? bench.drawLabel : null}
        linking={bench.linking}
        marked={bench.marked}
        setMarked={bench.setMarked}
      />
    );
  return (
    <CanvasStage
      editor={bench.editor}
      shown={shown}
      labels={bench.project.labels}
      drawLabel={bench.drawLabel}
      toolId={bench.toolId}
      shapes={bench.kind.shapes}
      brush={bench.brush}
      display={bench.preferences.display}
      keepView={bench.preferences.keepView}
      clickModel={bench.clickModel?.id ?? null}
      onStage={bench.onStage}
    />
  );
}
