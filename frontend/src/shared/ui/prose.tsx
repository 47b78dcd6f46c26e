import { onDemand } from "./on-demand";

const plain = ({ children }: { children: string }) => <p>{children}</p>;
const MarkdownText = onDemand(async () => (await import("./markdown-text")).default, plain);

/** Text that people wrote as Markdown (with tables and task lists). What reads it is loaded with the first text. */
export function Prose({ children }: { children: string }) {
  return (
    <div className="prose">
      <MarkdownText>{children}</MarkdownText>
    </div>
  );
}
