import { StatefunFunction } from 'statefun';

// Mistake: it handles nothing.
export class ArchiveFunction {
  onEvent() {}
}
StatefunFunction('example/archive')(ArchiveFunction);
