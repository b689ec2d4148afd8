/** Where an application keeps its state when no setting says otherwise, relative to the working directory. */
export function defaultStateFolder(name: string): string {
  // A package name such as @team/cart is no folder name.
  return `.statefun/${name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'application'}`;
}
