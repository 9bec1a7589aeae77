import type { ModelRecipe } from './inference-job.js';
import { LoadedModel } from './loaded-model.js';
import type { Runtime } from './runtime.js';

interface Entry {
  readonly recipe: ModelRecipe;
  readonly loading: Promise<LoadedModel>;
  users: number;
  lastUsedMs: number;
}

export interface ShelfOptions {
  /** Of model files. One model is loaded however large it is. */
  readonly budgetBytes: number;
  /** Runs the loading, which blocks like any other step. */
  readonly step: (load: () => Promise<LoadedModel>) => Promise<LoadedModel>;
}

/** The models of one host: loaded once, the least recently used ones let go when the budget is spent. */
export class ModelShelf {
  private readonly entries = new Map<string, Entry>();
  private waiting: (() => void)[] = [];

  constructor(
    private readonly runtime: Runtime,
    private readonly options: ShelfOptions,
  ) {}

  get keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** The model, loaded and held until `release`. Waits while models in use fill the budget. */
  async acquire(recipe: ModelRecipe): Promise<LoadedModel> {
    let entry = this.entries.get(recipe.key);
    while (!entry && !(await this.makeRoom(recipe))) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      entry = this.entries.get(recipe.key);
    }
    entry = this.entries.get(recipe.key) ?? this.load(recipe);
    entry.users += 1;
    try {
      return await entry.loading;
    } catch (error) {
      // A file that could not be read may have been replaced when it is asked for again.
      if (this.entries.get(recipe.key) === entry) this.entries.delete(recipe.key);
      this.wake();
      throw error;
    }
  }

  release(model: LoadedModel): void {
    const entry = this.entries.get(model.recipe.key);
    if (!entry) return;
    entry.users -= 1;
    entry.lastUsedMs = performance.now();
    this.wake();
  }

  /** Lets go of the models that nobody has used for `idleMs`; returns how many are left. */
  async dropIdle(idleMs: number): Promise<number> {
    const now = performance.now();
    for (const entry of this.idle()) if (now - entry.lastUsedMs >= idleMs) await this.drop(entry);
    return this.entries.size;
  }

  private load(recipe: ModelRecipe): Entry {
    const loading = this.options.step(() => LoadedModel.load(this.runtime, recipe));
    const entry = { recipe, loading, users: 0, lastUsedMs: performance.now() };
    this.entries.set(recipe.key, entry);
    return entry;
  }

  private async makeRoom(recipe: ModelRecipe): Promise<boolean> {
    const wanted = sizeOf(recipe);
    for (const entry of this.idle()) {
      if (this.heldBytes() + wanted <= this.options.budgetBytes) break;
      await this.drop(entry);
    }
    return this.entries.size === 0 || this.heldBytes() + wanted <= this.options.budgetBytes;
  }

  private heldBytes(): number {
    return [...this.entries.values()].reduce((sum, { recipe }) => sum + sizeOf(recipe), 0);
  }

  private idle(): Entry[] {
    return [...this.entries.values()].filter(({ users }) => users === 0).sort((a, b) => a.lastUsedMs - b.lastUsedMs);
  }

  private async drop(entry: Entry): Promise<void> {
    this.entries.delete(entry.recipe.key);
    await (await entry.loading).release();
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

function sizeOf({ bytes, vocoder }: ModelRecipe): number {
  return bytes + (vocoder?.bytes ?? 0);
}
