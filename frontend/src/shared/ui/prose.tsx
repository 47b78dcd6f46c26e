import { lazy, Suspense } from "react";

const MarkdownText = lazy(() => import("./markdown-text"));

/** Text that people wrote as Markdown (with tables and task lists). What reads it is loaded with the first text. */
export function Prose({ children }: { children: string }) {
  return (
    <div className="prose">
      <Suspense fallback={<p>{children}</p>}>
        <MarkdownText>{children}</MarkdownText>
      </Suspense>
    </div>
  );
}
