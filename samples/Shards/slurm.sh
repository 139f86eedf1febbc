#!/bin/bash
# Saves the files of a run to a shared folder, as an array of eight Slurm jobs, each its share:
#     sbatch slurm.sh RUN_ID /shared/events
# The environment has POSTHOG_PERSONAL_API_KEY, POSTHOG_HOST and POSTHOG_PROJECT_ID.
#SBATCH --job-name=save-shards
#SBATCH --array=1-8
#SBATCH --ntasks=1
#SBATCH --output=save-shards-%A_%a.log
set -euo pipefail

# Slurm runs a copy of this file, in the folder of sbatch.
exec pwsh -NoProfile -NonInteractive -File "${SHARDS_FOLDER:-.}/Save-Shard.ps1" \
    -RunId "$1" -Shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" -Folder "$2"
