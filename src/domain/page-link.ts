/** Where people find a dispatch on the status page; null where no address of it is configured (`web.base_url`). */
export function pageLink(baseUrl: string | null, dispatchId: number): string | null {
  return baseUrl === null ? null : `${baseUrl}/dispatches/${dispatchId}`;
}
