#include "cli/verb.hpp"

#include "cli/cmdlet_run.hpp"
#include "cli/daemon/daemon.hpp"
#include "cli/demo/demo.hpp"
#include "cli/get/get.hpp"
#include "cli/jobs/explain.hpp"
#include "cli/jobs/job_actions.hpp"
#include "cli/jobs/limit.hpp"
#include "cli/jobs/list.hpp"
#include "cli/jobs/monitor.hpp"
#include "cli/jobs/resume.hpp"
#include "cli/jobs/show.hpp"
#include "cli/jobs/start.hpp"
#include "cli/jobs/wait.hpp"
#include "cli/options/options_daemon.hpp"
#include "cli/options/options_demo.hpp"
#include "cli/options/options_get.hpp"
#include "cli/options/options_put.hpp"
#include "cli/options/options_start.hpp"
#include "cli/put/put.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

#include <unistd.h>

#include <array>

namespace ferry::cli {
namespace {

using enum verb_group;

// All verbs, in the order in which the help shows them.
constexpr auto table = std::to_array<verb>({
    {here, "get", "download files", run_get, get_help},
    {here, "put", "upload files", run_put, put_help},
    {here, "demo", "watch a transfer survive interruptions; needs no network", run_demo, demo_help},
    {jobs, "start", "make a job of sources and destinations", run_start, start_help},
    {jobs, "import", "make jobs of the rows of a CSV file", run_import, import_help},
    {jobs, "add", "add files to a job", run_add, add_help},
    {jobs, "list", "show the jobs, a line each", run_list, list_help},
    {jobs, "show", "show all of a job", run_show, show_help},
    {jobs, "set", "change properties of a job", run_set, set_help},
    {jobs, "suspend", "stop jobs until they are resumed", run_suspend, suspend_help},
    {jobs, "resume", "let jobs go on, wait for them and complete them", run_resume, resume_help},
    {jobs, "complete", "give what has arrived its names", run_complete, complete_help},
    {jobs, "remove", "end jobs and delete what has arrived", run_remove, remove_help},
    {jobs, "wait", "wait until jobs do not move any more", run_wait, wait_help},
    {jobs, "monitor", "watch the jobs move", run_monitor, monitor_help},
    {jobs, "explain", "tell why a job is not moving, and until when", run_explain, explain_help},
    {daemon, "limit", "show or set the rate that all jobs share", run_limit, limit_help},
    {daemon, "daemon", "run, start, stop, or look at what moves the jobs", run_daemon, daemon_help},
});

}  // namespace

exit_code run_ferry(arguments args) {
    auto asked = read_command(table, std::move(args), ::isatty(STDIN_FILENO) != 1);
    if (!asked) return wrong_usage(asked.error());
    if (asked->manner.from) return run_cmdlet(*std::move(asked));
    if (asked->what) return asked->what->run(std::move(asked->args));
    return print_all(asked->text) ? exit_code::done : exit_code::local_file;
}

}  // namespace ferry::cli
