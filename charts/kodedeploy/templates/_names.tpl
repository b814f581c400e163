{{- define "kodedeploy.labels" -}}
app.kubernetes.io/part-of: kodedeploy
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* Selectors never change between versions, so they hold the name of the part only. */ -}}
{{- define "kodedeploy.nodeSelectorLabels" -}}
app.kubernetes.io/name: kodedeploy-node
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kodedeploy.namespaceSelectorLabels" -}}
app.kubernetes.io/name: kodedeploy-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Image reference of a part: registry/NAME:tag. Call with (list $ "node-agent"). */ -}}
{{- define "kodedeploy.image" -}}
{{- $root := index . 0 -}}
{{- $name := printf "kodedeploy/%s" (index . 1) -}}
{{- if $root.Values.image.registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" $root.Values.image.registry) $name -}}
{{- end -}}
{{- printf "%s:%s" $name ($root.Values.image.tag | default $root.Chart.AppVersion) -}}
{{- end }}

{{- /* Image of the namespace agent, with or without the tools for hooks. */ -}}
{{- define "kodedeploy.namespaceImage" -}}
{{- include "kodedeploy.image" (list . "namespace-agent") }}{{ if .Values.namespaceAgent.slim }}-slim{{ end }}
{{- end }}

{{- /* What the Pod security standard "restricted" asks of a pod and of its containers. */ -}}
{{- define "kodedeploy.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "kodedeploy.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{- /* codedeployagent.yml. Call with (dict "root" $ "rootDir" "/path" "grace" seconds). */ -}}
{{- /* Of a pod's grace period 25 s are for closing, 5 for the kubelet. */ -}}
{{- define "kodedeploy.codedeployagent" -}}
---
:program_name: codedeploy-agent
:root_dir: {{ .rootDir | quote }}
:kill_agent_max_wait_time_seconds: {{ sub (int .grace) 30 }}
{{- range $key, $value := .root.Values.codedeployAgent }}
:{{ $key }}: {{ $value | toJson }}
{{- end }}
{{- end }}

{{- define "kodedeploy.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* "true" when the agents of the cluster tell each other something: waves, or the list of groups. */ -}}
{{- define "kodedeploy.board" -}}
{{- $board := .Values.namespaceAgent.catchUp.share -}}
{{- range .Values.namespaceAgent.namespaces }}{{- if hasKey . "wave" }}{{- $board = true }}{{- end }}{{- end -}}
{{- if and $board .Values.namespaceAgent.namespaces }}true{{ end }}
{{- end }}
