import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout of its own with our scripts, packages and settings, and sources as small as the test wants them. */
export class Checkout {
  private constructor(readonly folder: string) {}

  static async create(files: Readonly<Record<string, string>>): Promise<Checkout> {
    const checkout = new Checkout(await mkdtemp(join(tmpdir(), 'tts-checkout-')));
    for (const path of [
      'scripts',
      '.ci',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ]) {
      await cp(join(root, path), join(checkout.folder, path), { recursive: true, preserveTimestamps: true });
    }
    await symlink(join(root, 'node_modules'), join(checkout.folder, 'node_modules'));
    for (const [path, text] of Object.entries(files)) await checkout.write(path, text);
    return checkout;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  remove(path = '.'): Promise<void> {
    return rm(join(this.folder, path), { recursive: true, force: true });
  }

  node(...args: readonly string[]): Promise<Ended> {
    return this.run(process.execPath, args);
  }

  /** Waits for the end of a command in the checkout. It runs as from a shell, and not as from inside of a test. */
  run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST|NODE_OPTIONS)/.test(name));
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: this.folder, env: { ...Object.fromEntries(outer), ...env } });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }
}
