import { isSource } from '../repository.js';
import type { HouseRule } from '../repository.js';

const EMPTY_WORDS = /^(utils?|helpers?|types|constants|interfaces|common|misc)$/;
const KEBAB = /^_?[a-z0-9]+(-[a-z0-9]+)*$/;
const DECLARED = /\b(?:class|interface|type|enum) (I[A-Z][a-z]\w*|\w+Impl|\w+Manager)\b/g;

export const fileNames: HouseRule = {
  says: 'files and folders are kebab-case and named after what they hold, never after what all files hold',
  breaches(files) {
    return files
      .filter(({ path }) => /^(src|providers|test|bench|scripts)\//.test(path))
      .flatMap(({ path }) => {
        // `voices.controller.ts`, `proto.d.ts`: the first part names it. READMEs and recordings have names of their own.
        if (!/\.(ts|mjs|cjs)$/.test(path)) return [];
        const names = path.split('/').map((part) => part.split('.')[0] ?? part);
        return names.flatMap((name) => {
          if (EMPTY_WORDS.test(name)) return [`${path}: "${name}" says nothing`];
          return KEBAB.test(name) ? [] : [`${path}: "${name}" is not kebab-case`];
        });
      });
  },
};

export const declaredNames: HouseRule = {
  says: 'nothing is called I…, …Impl or …Manager',
  breaches(files) {
    return files
      .filter(isSource)
      .flatMap(({ path, text }) => [...text.matchAll(DECLARED)].map(([, name]) => `${path}: ${name}`));
  },
};
