#!/bin/bash
# shellcheck disable=SC1091,SC2154 # YunoHost has the files and sets the variables
# Has the node serve its pages under the app's domain, by way of nginx.
set_origin() {
    sed -i "s|^#* *origin = .*|origin = \"https://$domain\"|" "$data_dir/hedgerow-node.toml"
    grep -q "^origin = \"https://$domain\"" "$data_dir/hedgerow-node.toml"
}
# Runs a command of the node on the app's folder, as the app's user.
node() {
    (cd "$data_dir" && ynh_exec_as_app "$install_dir/hedgerow-node" --dir "$data_dir" "$@")
}
