/** Returns the default state folder of an application, relative to the working directory. */
export function defaultStateFolder(name: string): string {
  // A package name such as @team/cart is not a folder name.
  return `.statefun/${name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'application'}`;
}
