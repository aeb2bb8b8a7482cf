#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

// Jobs in words, from the documents of the daemon. All of it is safe for a terminal.

using wall_time = std::chrono::system_clock::time_point;

/// The beginning of an id that people read and type.
std::string_view short_id(std::string_view id) noexcept;
std::string_view short_id(const boost::json::object& job) noexcept;

/// "image.iso (3f2a91c4)".
std::string label_of(const boost::json::object& job);

/// The display name, or that there is none.
std::string name_of(const boost::json::object& job);

/// Of a job: "45% of 2.0 GiB", "3 of 10 files", "12 MiB so far", "no files".
std::string progress_of(const boost::json::object& job);
/// Of one of its files: "45% of 2.0 GiB", "12 MiB so far", "size unknown".
std::string file_progress_of(const boost::json::object& file);

/// What the state of a job means: "waits for its turn". Empty: no state that is known.
std::string explain_state(const boost::json::object& job);
/// Whether its files get their names on a server as soon as they are whole, and not on completion;
/// as far as the document shows its files.
bool has_names_at_once(const boost::json::object& job);

/// The commands with which a job goes on that does not by itself. Empty: none is needed.
std::string next_step(const boost::json::object& job);

/// Why, of a job's error, without the request that the reader can look up.
std::string brief(const boost::json::object& error);

/// What a glance at the list should tell besides the state: when a job is tried again and what was
/// wrong, or what it waits for. Empty: nothing.
std::string note_on(const boost::json::object& job, wall_time now);

/// What the owner can do about the error of a job. Empty: nothing.
std::string advice_on(const boost::json::object& job);

/// "image.iso (3f2a91c4): suspended", and in a long form the progress behind it.
std::string done_line(const boost::json::object& job, std::string_view done, bool with_progress);

/// The files that a job was completed without, a line each.
std::vector<std::string> dropped_files(const boost::json::object& job);

/// "in 9 min 12 s", "12 s ago", "now".
std::string relative(wall_time time, wall_time now);

/// A time of a document, "2026-11-23 23:40:00 UTC (in 9 min 12 s)".
std::string moment(std::string_view rfc3339, wall_time now);

}  // namespace ferry::cli
