#pragma once

#include "cli/control/document.hpp"
#include "cli/exit_code.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/options/options_start.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace ferry::cli {

// A new job, for somebody who waits for it or not.

/// What a reply has to tell of a job that is created with so many files: that of many is large.
job_detail detail_for(const creation& how, std::size_t files);
/// How it is followed, by such a reply.
follow_options following(const creation& how, std::size_t files);

/// "image.iso (3f2a91c4): queued".
std::string created_line(const boost::json::object& job);

/// How its owner goes on with it, or what of its options prevents that it starts. Safe for a
/// terminal.
std::string created_hint(
    const boost::json::object& job, bool completes_itself, const option_values& unsupported = {});

boost::json::object created_event(boost::json::object job, wall_time now);

/// A job that completes itself, for somebody who waits for it.
void complete_by_itself(job_options& job);
bool completes_itself(const job_options& job);

/// errc::bad_argument if one checksum is to fit several files; the detail is the line for the user.
result<void> check_checksum(const job_options& job, std::size_t files);

/// What wildcards left out, if anything.
void tell_left_out(const std::string& line, const output_options& output);

/// Prints the line, or the event.
exit_code tell_created(boost::json::object job, const output_options& output);

/// The same for a job that stands alone, with the hint.
exit_code tell_left(
    boost::json::object job, bool completes_itself, const output_options& output,
    const option_values& unsupported = {});

}  // namespace ferry::cli
