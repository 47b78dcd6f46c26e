import { api, csrfToken, type Schemas, unwrap } from "../../shared/api/client";

const PER_REQUEST = 40;
const BYTES_PER_REQUEST = 24 * 1024 * 1024;

export interface Picked {
  name: string;
  file: File;
}

/** Files of a drop, folders opened, paths kept as names. */
export async function dropped(items: DataTransferItemList): Promise<Picked[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Picked[] = [];
  for (const entry of entries) await open(entry, "", found);
  return found;
}

async function open(entry: FileSystemEntry, prefix: string, found: Picked[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ name: prefix + entry.name, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (part.length === 0) return;
    for (const child of part) await open(child, `${prefix}${entry.name}/`, found);
  }
}

/** Send files in groups; what arrived in an earlier try is not sent again. */
export async function send(
  batchId: number,
  files: Picked[],
  progress: (done: number, total: number) => void,
): Promise<void> {
  const batch = await unwrap(
    api.GET("/api/v1/uploads/{batch_id}/", { params: { path: { batch_id: batchId } } }),
  );
  const have = new Set(batch.staged.map((one) => `${one.size} ${one.name}`));
  const missing = files.filter((one) => !have.has(`${one.file.size} ${one.name}`));
  let done = files.length - missing.length;
  progress(done, files.length);
  for (const group of groups(missing)) {
    await post(batchId, group);
    done += group.length;
    progress(done, files.length);
  }
}

export function groups(files: Picked[]): Picked[][] {
  const made: Picked[][] = [];
  let bytes = 0;
  for (const one of files) {
    const last = made.at(-1);
    if (last && last.length < PER_REQUEST && bytes + one.file.size <= BYTES_PER_REQUEST) {
      last.push(one);
      bytes += one.file.size;
    } else {
      made.push([one]);
      bytes = one.file.size;
    }
  }
  return made;
}

async function post(batchId: number, group: Picked[], tries = 4): Promise<void> {
  const body = new FormData();
  for (const one of group) {
    body.append("files", one.file);
    body.append("paths", one.name); // a form's file name loses its folders
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`/api/v1/uploads/${batchId}/files/`, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrfToken() },
      });
      if (response.ok) return;
      const problem = (await response.json()) as Partial<Schemas["Problem"]>;
      if (response.status < 500) throw new Refused(problem.detail ?? String(response.status));
    } catch (error) {
      if (error instanceof Refused || attempt === tries) throw error;
    }
    await new Promise((wait) => setTimeout(wait, 500 * 2 ** attempt));
  }
}

class Refused extends Error {}
