// Reads a PowerShell script from standard input and prints one line for each
// place that the grammar does not accept: LINE:COLUMN text.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { Language, Parser } from "web-tree-sitter";

const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser();
const wasm = require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
parser.setLanguage(await Language.load(readFileSync(wasm)));

const text = readFileSync(0, "utf8");
const tree = parser.parse(text);
const lines = text.split("\n");

function visit(node) {
  if (node.isError || node.isMissing) {
    const { row, column } = node.startPosition;
    const what = node.isMissing ? `missing ${node.type}` : "unexpected";
    console.log(`${row + 1}:${column + 1} ${what}: ${lines[row].trim()}`);
  }
  for (const child of node.children) visit(child);
}
visit(tree.rootNode);
