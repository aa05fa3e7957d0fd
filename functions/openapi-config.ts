/** The head of the OpenAPI document. */
export const openApiConfig = {
  openapi: "3.1.0",
  info: { title: "Parley", version: "1", description: "Multi-tenant voice: the control plane." },
};
