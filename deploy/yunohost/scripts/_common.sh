#!/bin/bash
# shellcheck disable=SC1091,SC2154 # YunoHost has the files and sets the variables
# Runs a command of the node on the app's folder, as the app's user.
node() {
    (cd "$data_dir" && ynh_exec_as_app "$install_dir/hedgerow-node" --dir "$data_dir" "$@")
}
