#pragma once

#include "cli/options/options_job_unsupported.hpp"
#include "cli/options/options_transfer.hpp"

#include <ferry/job.hpp>
#include <ferry/job_secrets.hpp>
#include <ferry/protocol.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry::cli {

/// What options ask of a job; nothing where none was given.
struct job_options {
    std::optional<std::string> display_name = {};
    std::optional<std::string> description = {};
    std::optional<job_priority> priority = {};
    boost::json::object settings = {};  ///< members of job_settings, as the control socket has them
    std::string checksum = {};          ///< that its only file must have; empty: any
    bool create_directories = false;
    option_values asked = {};             ///< for obey(), which fills in settings and secrets
    std::vector<std::string> named = {};  ///< the options among those that were given at all
    secret_changes secrets = {};
    /// What obey() read, for who goes to a source's server himself; null before.
    std::shared_ptr<const access_options> access = {};
    relay_credentials between = {};  ///< the same, where files go from server to server
    option_values unsupported = {};
    std::vector<std::string> restated = {};  ///< the unsupported ones that replace older values
};

/// Options for a job that is to be created, or for one that exists.
enum class job_verb { create, change };

/// The property options of jobs, bound to a place for their values.
class job_option_parser {
  public:
    /// @param app  Gets the options; is to be parsed before take(), and must live until then.
    job_option_parser(option_set& app, job_verb verb);
    ~job_option_parser();
    job_option_parser(const job_option_parser&) = delete;
    job_option_parser& operator=(const job_option_parser&) = delete;

    /// Errors: errc::bad_argument for what makes no sense together; the detail is the line for the
    ///   user.
    result<job_options> take();

  private:
    struct bound;
    option_set& app_;
    job_verb verb_;
    std::unique_ptr<bound> bound_;
};

/// Adds --display-name, --description and --priority.
void add_name_options(option_set& app, job_options& into, const std::string& title = "Job");

/// What options of `get` mean for a job; fractions of seconds are rounded up, paths made absolute.
job_settings settings_of(const transfer_settings& transfer, const access_options& access);

/// All members, as the control socket has them.
boost::json::object members_of(const job_settings& settings);

/// The unsupported options that a job has, with those of `change` in the place of older ones.
/// @param stored  "unsupported" of the settings that job.get answers.
boost::json::array merged(const boost::json::array& stored, const job_options& change);

}  // namespace ferry::cli
