#pragma once

#include <ferry/job.hpp>
#include <ferry/result.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// The public document of a job, for `--json` and the control socket. Every key is always there,
/// null where nothing is known; times are RFC 3339 in UTC with milliseconds; bytes that are no
/// UTF-8 come out as U+FFFD. It holds no secrets: no settings (and with them no headers), and
/// sources without user information.
boost::json::object describe(const job& one);
/// The same without `files`, for lists.
boost::json::object summarize(const job& one);
/// A part of the document: an element of `files`, and `error`.
boost::json::object describe(const job_file& one);
boost::json::object describe(const job_error& one);

/// A job as it is stored: the public document and all else that parse_job() needs. Every byte of a
/// text survives, also of a path that is no UTF-8; times are cut to milliseconds. An error code of
/// a category other than ferry's, generic and system becomes the generic one that equals it, or
/// EIO. It holds secrets: only for files that none but the owner reads.
std::string to_json(const job& one);
/// Fails with errc::malformed on anything that to_json() would not have written (detail says what),
/// also on a newer version of the form. Within one version, members come and go: a key that it does
/// not know is ignored, and one that is missing means the default, if there can be one; what
/// follows from others, as sums, is not looked at.
result<job> parse_job(std::string_view text);

/// What an owner asked of a job, to be shown: of headers their names, if they are not write-only.
boost::json::object describe(const job_settings& settings);

// What comes from clients: texts as to_json() writes them, so that any bytes survive.

/// Members that are there replace those of `into`, which stays as it is if one is not good.
/// Errors: errc::bad_argument names the member that is unknown, wrong or out of its range.
result<void> read_settings(const boost::json::object& from, job_settings& into);
/// Each file has a source, a destination and perhaps an expected checksum. Errors: as above.
result<std::vector<job_file>> read_files(const boost::json::array& from);

/// A version 4 UUID in lower case (RFC 9562, 4), and thus also safe as a part of a file name.
bool is_job_id(std::string_view text) noexcept;

}  // namespace ferry

#include <ferry/impl/job_json.ipp>
#include <ferry/impl/job_request.ipp>
