/** Small pictures become part of the bundle, so that no path to them can go wrong. */
declare module '*.png?inline' {
  export const address: string;
  export default address;
}
