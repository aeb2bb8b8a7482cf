#pragma once

#include <ferry/access.hpp>
#include <ferry/error.hpp>
#include <ferry/job_state.hpp>
#include <ferry/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

enum class job_type { download, upload, upload_reply };
/// foreground runs beside all others; of the rest, in this order, one job at a time.
enum class job_priority { foreground, high, normal, low };

std::string_view to_string(job_type type) noexcept;
std::string_view to_string(job_priority priority) noexcept;
std::optional<job_type> parse_job_type(std::string_view text) noexcept;
std::optional<job_priority> parse_job_priority(std::string_view text) noexcept;

/// One source and one destination. A file is finished when all its bytes are here, verified and
/// safe, or with the server; whether it has its final name as well, tells the state: transferred or
/// acknowledged.
struct job_file {
    std::string source = {};       ///< URL, or absolute path
    std::string destination = {};  ///< the same; URL of an upload, ending in '/': a folder
    job_state state = job_state::queued;
    std::optional<std::uint64_t> bytes_total = {};
    std::uint64_t bytes_transferred = 0;  ///< in place
    std::uint64_t bytes_resumed = 0;      ///< of them, kept from an earlier turn
    std::uint64_t bytes_discarded = 0;    ///< received but thrown away
    int http_status = 0;                  ///< of the last reply; 0: none
    std::string validator = {};           ///< entity tag or date; empty: none
    std::string checksum = {};            ///< "sha256:…" once verified; empty: none
    std::string expected = {};            ///< the checksum that it must have; empty: any
    std::string mark = {};                ///< transferred: for publish_held()
    std::string response_headers = {};    ///< object_info::headers of the last reply
    std::string owner = {};               ///< that it is to have, as owner_text()

    bool finished() const noexcept {
        return state == job_state::transferred || state == job_state::acknowledged;
    }
    bool operator==(const job_file&) const = default;
};

/// The last error of a job, kept until bytes move again.
struct job_error {
    failure why = {};
    std::size_t file = 0;  ///< index of the file that it concerns
    /// When it is tried again by itself.
    std::optional<std::chrono::system_clock::time_point> next_try = {};
};

/// What an owner may ask of a job besides its files (BITS: job properties).
struct job_settings {
    std::chrono::seconds retry_interval{600};           ///< wait after an error that may pass
    std::chrono::seconds retry_timeout{1'209'600};      ///< since the last progress; 0: no retry
    std::chrono::seconds max_download_time{7'776'000};  ///< spent connecting and transferring
    unsigned parallel = 1;                              ///< files at once, 1 to 64
    unsigned connections = 0;    ///< ranges of one file at once, 1 to 64; 0: the protocol's wish
    bool auto_complete = false;  ///< complete by itself what has arrived
    bool create_directories = false;
    std::optional<unsigned> umask = {};  ///< of its files and their folders; none: the engine's
    bool keep_mtime = true;
    std::string acl_flags = {};          ///< letters for parse_rights()
    bool durable = true;                 ///< false: `--sync never`
    std::string existing = "replace";    ///< or "update", "fail", "skip"
    std::uint64_t bytes_per_second = 0;  ///< of all its files together; 0: no limit of its own
    std::uint64_t low_speed_limit = 0;   ///< bytes/s; 0: none
    std::chrono::seconds low_speed_time{30};
    std::chrono::seconds connect_timeout{30};
    std::string upload_protocol = "auto";  ///< or "put", "tus", "bits"
    /// upload_reply: absolute path of the answer (BITS: SetReplyFileName); empty: beside the
    /// source.
    std::string reply_file = {};
    std::string redirect = "follow";  ///< or "report", "forbid"
    unsigned max_redirects = 20;
    std::vector<std::string> headers = {};  ///< "Name: value"; "Name:" where secrets keep them
    bool headers_write_only = false;
    std::string user_agent = {};
    std::string ca_file = {};
    std::string ca_path = {};
    bool insecure = false;
    bool smb_encrypt = false;            ///< access_options::encrypt
    std::uint32_t security_flags = 0;    ///< see security_flag
    std::string crl_file = {};           ///< this and the next three as in access_options
    std::vector<std::string> pins = {};  ///< "sha256//BASE64"
    std::string certificate = {};
    std::string key = {};
    std::string user = {};  ///< to the sources' own origins; see job_secret for what proves it
    std::string source_user = {};       ///< as relay_credentials, where both ends are servers
    std::string destination_user = {};  ///< the same
    std::optional<auth_scheme> authentication = {};  ///< the only one; none: the strongest offered
    std::string ticket_cache = {};                   ///< credentials::ticket_cache, of the owner
    proxy_usage proxy = proxy_usage::system;
    proxy_environment proxy_variables = {};  ///< of the owner, without users and passwords
    std::vector<std::string> proxy_list = {};
    std::vector<std::string> proxy_bypass = {};
    std::string proxy_user = {};
    std::optional<auth_scheme> proxy_authentication = {};
    std::string method = {};                       ///< of HTTP; empty: GET
    bool dynamic = false;                          ///< see transfer_options
    std::vector<std::string> ranges = {};          ///< "0-99", of its only file: see slices
    unsigned notify_flags = 3;                     ///< BITS: 1 transferred, 2 error, 4 disable
    std::vector<std::string> notify_command = {};  ///< program and arguments; empty: none
    /// Program and arguments, to which the path of an arrived file is added: its exit code rejects
    /// the content (BITS: SetValidationState). Empty: none.
    std::vector<std::string> validate_command = {};
    /// Stored, but not yet obeyed: a job that has one is not to start. The key is the option's long
    /// name.
    std::vector<std::pair<std::string, std::string>> unsupported = {};

    bool operator==(const job_settings&) const = default;
};

/// The secrets of a job as the disk has them: names (see job_secret), and what a secret_box made of
/// them. Worth nothing without its key.
using sealed_secrets = std::vector<std::pair<std::string, std::string>>;

/// One request of an owner. Plain data: what a job store keeps and a client is shown.
struct job {
    using time = std::chrono::system_clock::time_point;

    std::string id = {};            ///< UUIDv4
    std::string display_name = {};  ///< by default that of its first file
    std::string description = {};
    job_type type = job_type::download;
    job_priority priority = job_priority::normal;
    job_state state = job_state::suspended;
    std::string owner = {};
    time created = {};
    time modified = {};
    std::optional<time> completed = {};
    std::optional<job_error> error = {};
    bool completing = false;  ///< its files are getting their names: not to be transferred again
    bool notified = false;    ///< its owner has been told of the state it is in
    std::optional<time> warned = {};  ///< when its owner was told that it will expire
    std::uint64_t order = 0;          ///< of arrival; among equals the lower one goes first
    std::chrono::milliseconds active_time{0};       ///< spent connecting and transferring
    std::chrono::milliseconds without_progress{0};  ///< tried since the last byte, over all engines
    job_settings settings = {};
    sealed_secrets secrets = {};  ///< an engine seals them; forgotten when the job is over
    std::vector<job_file> files = {};

    /// Known once every file's size is.
    std::optional<std::uint64_t> bytes_total() const noexcept;
    std::uint64_t bytes_transferred() const noexcept;
    std::uint64_t bytes_resumed() const noexcept;
    std::size_t files_transferred() const noexcept;
};

}  // namespace ferry

#include <ferry/impl/job.ipp>
