import { useEffect, useRef } from "react";
import type { Bench } from "./use-bench";

/** The number that is asked for; Enter keeps it and goes on. */
export function NumberAnswer({ bench, task, submit }: { bench: Bench; task: number; submit: () => void }) {
  const { editor, project } = bench;
  const input = useRef<HTMLInputElement>(null);
  const value = editor.doc.attributes.number;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new task or a new number is a new input, which takes the focus
  useEffect(() => input.current?.focus(), [task, value]);
  const keep = () => {
    const text = input.current?.value ?? "";
    const said = text === "" ? null : Number(text);
    if (said !== (value ?? null)) editor.setAttribute("number", said);
  };
  return (
    <label className="field">
      <span>{project.labels[0]?.name ?? ""}</span>
      <input
        key={`${task}:${String(value ?? "")}`}
        ref={input}
        type="number"
        step="any"
        defaultValue={value === undefined ? "" : String(value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          keep();
          submit();
        }}
      />
    </label>
  );
}
