// The messages of the protocol that covls takes part in, as types of the reference library. Send_METHOD is the
// params of what the server sends, Result_METHOD the result of what it is asked (or of what both may ask).
// lsp-metamodel-check.mjs makes a JSON schema of them. A message that covls learns to send needs a line here.
import type * as L from 'vscode-languageserver-protocol';

export type Send_textDocument_publishDiagnostics = L.PublishDiagnosticsParams;
export type Send_window_showMessage = L.ShowMessageParams;
export type Send_window_logMessage = L.LogMessageParams;
export type Send_telemetry_event = L.LSPAny;
export type Send_client_registerCapability = L.RegistrationParams;
export type Send_client_unregisterCapability = L.UnregistrationParams;
export type Send_workspace_configuration = L.ConfigurationParams;
export type Send_window_workDoneProgress_create = L.WorkDoneProgressCreateParams;

// InitializeResult is generic in the library; an alias gives the schema a plain name.
export type Result_initialize = L.InitializeResult;
export type Result_shutdown = null;
export type Result_textDocument_hover = L.Hover | null;
export type Result_workspace_executeCommand = L.LSPAny;
export type Result_textDocument_diagnostic = L.DocumentDiagnosticReport;
export type Result_textDocument_codeLens = L.CodeLens[] | null;
export type Result_textDocument_inlayHint = L.InlayHint[] | null;
export type Result_textDocument_codeAction = (L.Command | L.CodeAction)[] | null;
