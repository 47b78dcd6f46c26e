import { api, ownHeaders, type Schemas, unwrap } from "../../shared/api/client";

const PER_REQUEST = 40;
const BYTES_PER_REQUEST = 24 * 1024 * 1024;
const ADDRESSES_AT_ONCE = 3;

/** What can be taken in, for file pickers; the server looks at each file itself. */
export const TAKEN =
  "image/jpeg,image/png,image/webp,image/gif,image/bmp,image/tiff,.zip,.txt,.csv,.tsv,.jsonl,.ndjson";

export interface Picked {
  name: string;
  file: File;
}

/** Files of a drop, folders opened, paths kept as names. */
export async function dropped(items: DataTransferItemList): Promise<Picked[]> {
  // All at once: the list is empty after the first wait. What lies in no folder of the disk has no entry.
  const things = [...items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const matches: Picked[] = [];
  for (const thing of things) {
    if (thing instanceof File) matches.push({ name: thing.name, file: thing });
    else if (thing !== null) await open(thing, "", matches);
  }
  return matches;
}

async function open(entry: FileSystemEntry, prefix: string, picked: Picked[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    picked.push({ name: prefix + entry.name, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (part.length === 0) return;
    for (const child of part) await open(child, `${prefix}${entry.name}/`, picked);
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
  const have = new Set(batch.staged.map((entry) => `${entry.size} ${entry.name}`));
  const missing = files.filter((file) => !have.has(`${file.file.size} ${file.name}`));
  let done = files.length - missing.length;
  progress(done, files.length);
  const small: Picked[] = [];
  for (const picked of missing) {
    if (picked.file.size <= BYTES_PER_REQUEST || !(await inParts(batchId, picked))) {
      small.push(picked);
      continue;
    }
    done += 1;
    progress(done, files.length);
  }
  for (const group of groups(small)) {
    await post(batchId, group);
    done += group.length;
    progress(done, files.length);
  }
}

/** A large file straight to the storage, only the parts that are missing; false where the storage takes no parts. */
async function inParts(batchId: number, { name, file }: Picked): Promise<boolean> {
  const opened = await unwrap(
    api.POST("/api/v1/uploads/{batch_id}/multipart-files/", {
      params: { path: { batch_id: batchId } },
      body: { name, size: file.size },
    }),
  );
  if (opened.id === null) return false;
  const path = { multipart_file_id: opened.id };
  for (let at = 0; at < opened.missing.length; at += ADDRESSES_AT_ONCE) {
    const numbers = opened.missing.slice(at, at + ADDRESSES_AT_ONCE);
    const reported = await unwrap(
      api.POST("/api/v1/multipart-files/{multipart_file_id}/presign/", {
        params: { path },
        body: { numbers },
      }),
    );
    await Promise.all(
      reported.parts.map((part) => {
        const begin = (part.number - 1) * opened.part_size;
        return patiently(() => put(part.url, file.slice(begin, begin + part.size)));
      }),
    );
  }
  await unwrap(api.POST("/api/v1/multipart-files/{multipart_file_id}/complete/", { params: { path } }));
  return true;
}

async function put(url: string, part: Blob): Promise<void> {
  const response = await fetch(url, { method: "PUT", body: part });
  if (!response.ok && response.status < 500) throw new Refused(String(response.status));
  if (!response.ok) throw new Error(String(response.status));
}

export function groups(files: Picked[]): Picked[][] {
  const made: Picked[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = made.at(-1);
    if (last && last.length < PER_REQUEST && bytes + file.file.size <= BYTES_PER_REQUEST) {
      last.push(file);
      bytes += file.file.size;
    } else {
      made.push([file]);
      bytes = file.file.size;
    }
  }
  return made;
}

async function post(batchId: number, group: Picked[]): Promise<void> {
  const body = new FormData();
  for (const picked of group) {
    body.append("files", picked.file);
    body.append("paths", picked.name); // a form's file name loses its folders
  }
  await patiently(async () => {
    const response = await fetch(`/api/v1/uploads/${batchId}/files/`, {
      method: "POST",
      body,
      headers: ownHeaders(),
    });
    if (response.ok) return;
    const problem = (await response.json()) as Partial<Schemas["Problem"]>;
    const why = problem.detail ?? String(response.status);
    throw response.status < 500 && response.status !== 429 ? new Refused(why) : new Error(why);
  });
}

/** Again, later and later, unless it was refused for good. */
async function patiently(act: () => Promise<void>, tries = 4): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (error instanceof Refused || attempt === tries) throw error;
    }
    await new Promise((wait) => setTimeout(wait, 500 * 2 ** attempt));
  }
}

class Refused extends Error {}
