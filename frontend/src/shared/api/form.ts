/** A body of one file, for routes that take a form; the client must not write it as JSON. */
export function fileForm(file: File): { body: never; bodySerializer: (body: unknown) => never } {
  const form = new FormData();
  form.append("file", file);
  return { body: form as never, bodySerializer: (body) => body as never };
}
