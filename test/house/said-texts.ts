import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packagePath } from '../../src/lib/package-root.ts';

/** A text in a source file that is a sentence, or part of one. */
export interface SaidText {
  file: string;
  line: number;
  text: string;
}

/** The texts with at least two words in the string literals and templates below these folders; comments are none. */
export function saidTexts(folders: readonly string[]): SaidText[] {
  return folders.flatMap((folder) =>
    readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'))
      .flatMap((name) => textsIn(join(folder, name))),
  );
}

function textsIn(file: string): SaidText[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(packagePath(file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: SaidText[] = [];
  const look = (node: ts.Node): void => {
    if (isText(node) && /[a-z] [a-z]/i.test(node.text))
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        text: node.text,
      });
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function isText(
  node: ts.Node,
): node is ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}
