// Reads a JSON object of PowerShell texts by name from standard input and
// prints one, by name, of the places that the grammar does not accept:
// "LINE:COLUMN what: text".
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Language, Parser } from "web-tree-sitter";

// The grammar is one huge function. Optimising it takes most of a minute and
// parsing with the baseline compiler's code a tenth of a second.
setFlagsFromString("--liftoff-only");

await Parser.init();
const wasm = createRequire(import.meta.url).resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
const parser = new Parser();
parser.setLanguage(await Language.load(readFileSync(wasm)));

function* mistakes(node, lines) {
  if (node.isError || node.isMissing) {
    const { row, column } = node.startPosition;
    const what = node.isMissing ? `missing ${node.type}` : "unexpected";
    yield `${row + 1}:${column + 1} ${what}: ${(lines[row] ?? "").trim()}`;
  }
  for (const child of node.children) yield* mistakes(child, lines);
}

const found = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  found[name] = [...mistakes(parser.parse(text).rootNode, text.split("\n"))];
}
console.log(JSON.stringify(found));
