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

{{- /* The token of the pod's own service account for AWS, which Kubernetes renews in its file. */ -}}
{{- define "kodedeploy.webIdentityVolume" -}}
- name: web-identity
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, audience: {{ .Values.webIdentity.audience }}, expirationSeconds: 3600}
{{- end }}

{{- define "kodedeploy.webIdentityMount" -}}
- name: web-identity
  mountPath: /var/run/secrets/kodedeploy
  readOnly: true
{{- end }}

{{- /* Pod of a membership Job. Call with (dict "root" $ "verb" "join" "restart" "OnFailure"). */ -}}
{{- define "kodedeploy.membershipPod" -}}
{{- $root := .root -}}
{{- $names := list -}}
{{- range $root.Values.namespaceAgent.namespaces }}{{ $names = append $names .name }}{{ end -}}
metadata:
  labels:
    {{- include "kodedeploy.labels" $root | nindent 4 }}
    app.kubernetes.io/name: kodedeploy-membership
spec:
  restartPolicy: {{ .restart }}
  serviceAccountName: kodedeploy-membership
  automountServiceAccountToken: false
  {{- include "kodedeploy.pullSecrets" $root | nindent 2 }}
  {{- with $root.Values.namespaceAgent.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.namespaceAgent.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- include "kodedeploy.podSecurity" $root | nindent 2 }}
  containers:
    - name: membership
      image: {{ include "kodedeploy.namespaceImage" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [kodedeploy-membership]
      args:
        - {{ .verb }}
        - /etc/kodedeploy/membership.yml
        - {{ $root.Values.environment | quote }}
        - {{ $root.Values.cluster | quote }}
        - {{ join "," $names | quote }}
        {{- if eq .verb "join" }}
        - http://kodedeploy-agent.{{ ternary $root.Release.Namespace "NAMESPACE" (eq $root.Values.namespaceAgent.mode "shared") }}.svc:{{ $root.Values.namespaceAgent.port }}/health/ready
        {{- end }}
      env:
        - name: AWS_EC2_METADATA_DISABLED
          value: {{ not $root.Values.namespaceAgent.instanceMetadata | quote }}
        {{- with $root.Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        requests: {cpu: 10m, memory: 64Mi}
        limits: {memory: 160Mi}
      {{- include "kodedeploy.containerSecurity" $root | nindent 6 }}
      volumeMounts:
        - name: identity
          mountPath: /etc/kodedeploy
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if $root.Values.webIdentity.audience }}
        {{- include "kodedeploy.webIdentityMount" $root | nindent 8 }}
        {{- end }}
  volumes:
    - name: identity
      secret:
        secretName: {{ $root.Values.membership.existingSecret }}
        defaultMode: 0440
    - name: tmp
      emptyDir: {}
    {{- if $root.Values.webIdentity.audience }}
    {{- include "kodedeploy.webIdentityVolume" $root | nindent 4 }}
    {{- end }}
{{- end }}

{{- /* Where an agent runs: in each namespace, or once in the release's. JSON; call with $. */ -}}
{{- define "kodedeploy.agentPlaces" -}}
{{- if eq .Values.namespaceAgent.mode "shared" -}}
{{- $places := list -}}
{{- if .Values.namespaceAgent.namespaces -}}
{{- $places = list (dict "name" .Release.Namespace) -}}
{{- end -}}
{{- toJson $places -}}
{{- else -}}
{{- toJson .Values.namespaceAgent.namespaces -}}
{{- end -}}
{{- end }}

{{- /* What differs from namespace to namespace in agent.yml. Call with (list $ entry). */ -}}
{{- define "kodedeploy.agentOwn" -}}
{{- $root := index . 0 -}}
{{- $entry := index . 1 -}}
namespace: {{ $entry.name | quote }}
accept.enabled: {{ $root.Values.namespaceAgent.accept.enabled }}
{{- if $root.Values.namespaceAgent.accept.enabled }}
{{- $own := default (dict) $entry.accept }}
{{- $group := printf "%s-%s" $root.Values.environment $entry.name }}
accept.groups: {{ default (list $group (printf "%s-%s" $group $root.Values.cluster)) $own.groups | toJson }}
{{- if $own.sources }}
accept.sources: {{ $own.sources | toJson }}
{{- else if $root.Values.bucket }}
accept.sources: {{ list (printf "s3://%s/codedeploy/%s/%s/" $root.Values.bucket $root.Values.environment $entry.name) | toJson }}
{{- end }}
{{- end }}
{{- if $entry.clusterScope }}
apply.cluster-scope: true
{{- end }}
{{- /* Beside the names that the agent knows: no bundle may use them. */}}
protect.secrets: {{ compact (list $entry.existingSecret $root.Values.namespaceAgent.shared.identitiesSecret $root.Values.membership.existingSecret) | uniq | toJson }}
{{- with $entry.existingConfigMap }}
protect.config-maps: {{ list . | toJson }}
{{- end }}
{{- end }}
