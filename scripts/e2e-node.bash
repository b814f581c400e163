# shellcheck shell=bash
# A Kubernetes node of one's own, for scripts/e2e: control plane, containerd, kubelet and kube-proxy as processes of
# this machine in a network namespace. Sourced. Wants: root, $assets and $bin (folders with the programs), $work (an
# empty folder). Gives: node_up, node_down, in_node, kubectl_, node_images.

node=kde$$                   # network namespace, and the first part of its cards' names
node_run=/run/kodedeploy-$$  # sockets and state of containerd: its paths must be short
node_ip=10.210.0.1
node_pids=()
declare -A node_sysctls=()

in_node() { nsenter --net="/run/netns/$node" -- "$@"; }
kubectl_() { in_node "$assets/kubectl" --kubeconfig="$work/admin.conf" "$@"; }
node_ctr() { ctr --address "$node_run/containerd.sock" --namespace k8s.io "$@"; }

# node_start LOG COMMAND...: in the node's network; nsenter becomes the command, so the pid is the program's.
node_start() {
  local log=$work/$1.log
  shift
  nsenter --net="/run/netns/$node" -- "$@" >"$log" 2>&1 &
  node_pids+=($!)
}

# node_await SECONDS WHAT COMMAND...: until the command succeeds; fails at once when a program of the node has ended.
node_await() {
  local end=$((SECONDS + $1)) what=$2 pid
  shift 2
  until "$@" >/dev/null 2>&1; do
    for pid in "${node_pids[@]}"; do
      kill -0 "$pid" 2>/dev/null || { echo "error: a program of the node has ended, see $work/*.log" >&2; return 1; }
    done
    ((SECONDS < end)) || { echo "error: no $what in time" >&2; return 1; }
    sleep 0.2
  done
}

node_certificate() { # NAME SUBJECT [ALTERNATIVE-NAMES]
  openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/$1.crt" \
    -extfile <(printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n%s' "${3:+subjectAltName=$3}") 2>/dev/null
}

node_kubeconfig() { # NAME
  cat >"$work/$1.conf" <<CONF
apiVersion: v1
kind: Config
clusters: [{name: node, cluster: {server: "https://$node_ip:6443", certificate-authority: "$work/ca.crt"}}]
users: [{name: user, user: {client-certificate: "$work/$1.crt", client-key: "$work/$1.key"}}]
contexts: [{name: node, context: {cluster: node, user: user}}]
current-context: node
CONF
}

node_network() {
  ip netns add "$node"
  ip -n "$node" link set lo up
  # A pair of cards stands in for the node's: the kubelet wants an address and a default route, nothing is behind it.
  ip -n "$node" link add node0 type veth peer name node1
  ip -n "$node" addr add "$node_ip/24" dev node0
  ip -n "$node" link set node0 up
  ip -n "$node" link set node1 up
  ip -n "$node" route add default via 10.210.0.254 dev node0
  in_node sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
}

node_control_plane() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.crt" -days 2 -subj /CN=e2e 2>/dev/null
  openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
  openssl rsa -in "$work/sa.key" -pubout -out "$work/sa.pub" 2>/dev/null
  node_certificate api /CN=kube-apiserver "IP:127.0.0.1,IP:$node_ip,IP:10.96.0.1,DNS:kubernetes.default.svc"
  node_certificate admin /O=system:masters/CN=admin
  node_certificate controllers /CN=system:kube-controller-manager
  node_certificate scheduler /CN=system:kube-scheduler
  node_certificate proxy /CN=system:kube-proxy
  node_certificate kubelet /O=system:nodes/CN=system:node:node1 "IP:$node_ip,DNS:node1"
  local name
  for name in admin controllers scheduler proxy kubelet; do node_kubeconfig "$name"; done

  node_start etcd "$assets/etcd" --data-dir="$work/etcd" --unsafe-no-fsync
  node_start api "$assets/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --advertise-address="$node_ip" --secure-port=6443 \
    --tls-cert-file="$work/api.crt" --tls-private-key-file="$work/api.key" --client-ca-file="$work/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=10.96.0.0/16 \
    --kubelet-client-certificate="$work/admin.crt" --kubelet-client-key="$work/admin.key" \
    --kubelet-certificate-authority="$work/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$work/sa.pub" \
    --service-account-signing-key-file="$work/sa.key" --profiling=false
  node_await 60 "API server" kubectl_ get --raw /readyz
  node_start controllers "$bin/kube-controller-manager" --kubeconfig="$work/controllers.conf" --bind-address=127.0.0.1 \
    --service-account-private-key-file="$work/sa.key" --root-ca-file="$work/ca.crt" --use-service-account-credentials \
    --leader-elect=false --cert-dir="$work/controllers" --kube-api-qps=500 --kube-api-burst=1000
  node_start scheduler "$bin/kube-scheduler" --kubeconfig="$work/scheduler.conf" --bind-address=127.0.0.1 --leader-elect=false \
    --cert-dir="$work/scheduler"
}

node_containerd() {
  mkdir -p "$node_run" "$work/cni"
  cat >"$work/containerd.toml" <<TOML
version = 2
root = "$work/containerd"
state = "$node_run/containerd"
[grpc]
  address = "$node_run/containerd.sock"
[ttrpc]
  address = "$node_run/containerd.sock.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "registry.invalid/pause:1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$work/cni"
TOML
  cat >"$work/cni/10-pods.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.211.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "$node_run/ipam"}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  node_start containerd containerd --config "$work/containerd.toml"
  node_containerd_pid=${node_pids[-1]}
  node_await 30 containerd node_ctr version
}

# A root of its own for the pods' cgroups: two kubelets of one machine take each other's pods for orphans.
node_cgroups() {
  local folder
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    mkdir -p "/sys/fs/cgroup/$node"
    return
  fi
  for folder in /sys/fs/cgroup/*/; do
    [[ $folder == */unified/ ]] || mkdir -p "$folder$node" 2>/dev/null || true
  done
  cat /sys/fs/cgroup/cpuset/cpuset.cpus >"/sys/fs/cgroup/cpuset/$node/cpuset.cpus"
  cat /sys/fs/cgroup/cpuset/cpuset.mems >"/sys/fs/cgroup/cpuset/$node/cpuset.mems"
}

node_kubelet() {
  node_cgroups
  cat >"$work/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$node_run/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$node
failCgroupV1: false
failSwapOn: false
address: $node_ip
tlsCertFile: $work/kubelet.crt
tlsPrivateKeyFile: $work/kubelet.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $work/ca.crt}}
authorization: {mode: Webhook}
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: ""
podLogsDir: $work/pod-logs
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
YAML
  local name
  for name in vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes; do
    node_sysctls[$name]=$(sysctl -n "$name" 2>/dev/null || true) # the kubelet changes them for the whole machine
  done
  node_start kubelet "$bin/kubelet" --config="$work/kubelet.yaml" --kubeconfig="$work/kubelet.conf" --hostname-override=node1 \
    --node-ip="$node_ip" --root-dir="$work/kubelet" --cert-dir="$work/kubelet-pki"
  node_await 60 "ready node" kubectl_ wait --for=condition=Ready node/node1 --timeout=1s
  # All to Services is masqueraded: between two pods of one bridge the answer would else not come back through here.
  node_start proxy "$bin/kube-proxy" --kubeconfig="$work/proxy.conf" --hostname-override=node1 --proxy-mode=iptables --masquerade-all \
    --cluster-cidr=10.211.0.0/24 --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 \
    --conntrack-tcp-timeout-close-wait=0 --bind-address="$node_ip"
}

# node_image REFERENCE ROOTFS ENTRYPOINT-JSON FILE: an image in the layout of docker save, made by hand.
node_image() {
  local folder=$work/image digest
  rm -rf "$folder"
  mkdir -p "$folder"
  tar -C "$2" --owner=0 --group=0 --numeric-owner -cf "$folder/layer.tar" .
  digest=$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":%s,"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(dpkg --print-architecture)" "$3" "$digest" >"$folder/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" >"$folder/manifest.json"
  tar -C "$folder" -cf "$4" manifest.json config.json layer.tar
}

# node_images FILE...: imports them, and registry.invalid/pause:1 and /busybox:1 made of this machine's busybox.
node_images() {
  local root=$work/rootfs name file
  mkdir -p "$root"/{bin,etc,tmp,www}
  chmod 1777 "$root/tmp"
  cp "$(command -v busybox)" "$root/bin/busybox"
  "$root/bin/busybox" --list | grep -vx busybox | while read -r name; do ln -s busybox "$root/bin/$name"; done
  node_image registry.invalid/busybox:1 "$root" null "$work/busybox.tar"
  node_image registry.invalid/pause:1 "$root" '["/bin/busybox","sleep","2147483647"]' "$work/pause.tar"
  for file in "$work/pause.tar" "$work/busybox.tar" "$@"; do
    node_ctr images import "$file" >>"$work/import.log" 2>&1 || { cat "$work/import.log" >&2; return 1; }
  done
}

node_up() {
  node_network
  node_control_plane
  node_containerd
}

# Everything ends, by pid and by name of what was made here; safe to call at any moment, and twice.
node_down() {
  local pid task mount folder name
  set +e
  if [[ -S $node_run/containerd.sock ]]; then
    timeout 30 nsenter --net="/run/netns/$node" -- "$assets/kubectl" --kubeconfig="$work/admin.conf" delete deployments,jobs,pods --all -A \
      --grace-period=1 --timeout=25s >/dev/null 2>&1
    for pid in "${node_pids[@]}"; do # all but containerd, which must end the containers
      [[ $pid == "${node_containerd_pid:-}" ]] || kill "$pid" 2>/dev/null
    done
    for task in $(node_ctr tasks ls -q 2>/dev/null); do node_ctr tasks kill -s KILL "$task" >/dev/null 2>&1; done
    for _ in {1..50}; do [[ -z $(node_ctr tasks ls 2>/dev/null | grep RUNNING) ]] && break; sleep 0.1; done
    for task in $(node_ctr containers ls -q 2>/dev/null); do node_ctr tasks rm -f "$task" >/dev/null 2>&1; node_ctr containers rm "$task" >/dev/null 2>&1; done
  fi
  for pid in "${node_pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${node_pids[@]}"; do
    for _ in {1..100}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null
  done
  wait 2>/dev/null
  node_pids=()
  awk -v a="$work/" -v b="$node_run/" 'index($2, a) == 1 || index($2, b) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mount; do umount "$mount" 2>/dev/null || umount -l "$mount"; done
  for folder in /sys/fs/cgroup/*/"$node" "/sys/fs/cgroup/$node"; do
    [[ -d $folder ]] && find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  for name in /run/netns/cni-*; do # of pods that had no time to go; the subnet is this node's
    [[ -e $name ]] && ip -n "${name##*/}" -4 addr 2>/dev/null | grep -q 'inet 10\.211\.0\.' && ip netns del "${name##*/}"
  done
  [[ -e /run/netns/$node ]] && ip netns del "$node"
  for name in "${!node_sysctls[@]}"; do
    [[ -n ${node_sysctls[$name]} ]] && sysctl -qw "$name=${node_sysctls[$name]}"
  done
  for _ in {1..20}; do # the network plugin may still write its lock
    rm -rf "$node_run" 2>/dev/null && [[ ! -e $node_run ]] && break
    sleep 0.1
  done
}
