#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ferry::http {

inline connection::connection(
    route to, asio::ip::tcp::socket socket, std::shared_ptr<connection_set> among)
    : among_(std::move(among)),
      to_(std::move(to)),
      socket_(std::move(socket)),
      descriptor_(socket_.native_handle()) {
    among_->insert(this);
}

inline connection::~connection() {
    among_->erase(this);
    tls_.reset();  // says good-bye over what is below
    to_proxy_.reset();
    if (!one_shot_) return;
    one_shot_.reset();
    ::close(descriptor_);
}

inline void connection::secure(
    std::shared_ptr<tls_context> context, std::string host, std::uint16_t port) {
    if (!tls_) {
        tls_ =
            std::make_unique<tls_stream>(std::move(context), descriptor(), std::move(host), port);
        return;
    }
    to_proxy_ = std::move(tls_);
    tls_ = std::make_unique<tls_stream>(std::move(context), *to_proxy_, std::move(host), port);
}

inline io_result connection::read(std::span<std::byte> into) {
    if (tls_) return tls_->read(into);
    for (;;) {
        const auto got = ::recv(descriptor(), into.data(), into.size(), MSG_DONTWAIT);
        if (got > 0) return {io_state::moved, static_cast<std::size_t>(got)};
        if (got == 0) return {io_state::end};
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_state::want_read};
        if (errno != EINTR) return {io_state::failed, 0, socket_failure(errno)};
    }
}

inline io_result connection::write(std::span<const std::byte> bytes) {
    return tls_ ? tls_->write(bytes) : send(bytes, 0);
}

inline io_result connection::write_on(std::span<const std::byte> bytes) {
    return tls_ ? tls_->write(bytes) : send(bytes, MSG_MORE);
}

inline io_result connection::send(std::span<const std::byte> bytes, int flags) {
    flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
    for (;;) {
        const auto put = ::send(descriptor(), bytes.data(), bytes.size(), flags);
        if (put >= 0) return {io_state::moved, static_cast<std::size_t>(put)};
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_state::want_write};
        if (errno != EINTR) return {io_state::failed, 0, socket_failure(errno)};
    }
}

inline io_result connection::fill() {
    if (first_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + first_, end_ - first_);
        end_ -= std::exchange(first_, 0);
    }
    auto got = read({buffer_.get() + end_, buffer_size - end_});
    end_ += got.bytes;
    return got;
}

inline bool connection::quiet() {
    if (tls_) return tls_->quiet();
    char unwanted;
    const auto got = ::recv(descriptor(), &unwanted, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

inline void connection::expect_long_body() {
    if (one_shot_) return;
    one_shot_ = one_shot::make(socket_.get_executor(), descriptor_);
    std::error_code ignored;
    if (one_shot_) socket_.release(ignored);
}

inline void connection::cancel() {
    std::error_code ignored;
    if (one_shot_) {
        one_shot_->cancel();
    } else {
        socket_.cancel(ignored);
    }
}

inline asio::ip::address connection::local_address() const {
    asio::ip::tcp::endpoint here;
    auto size = static_cast<socklen_t>(here.capacity());
    if (::getsockname(descriptor_, here.data(), &size) != 0) return {};
    return here.address();
}

inline void connection::break_off() {
    sockaddr nowhere = {};
    nowhere.sa_family = AF_UNSPEC;  // dissolves the association, see connect(2)
    ::connect(descriptor_, &nowhere, sizeof nowhere);
}

inline awaitable<result<void>> connection::wait(io_state what) {
    if (one_shot_) {
        const std::uint32_t event = what == io_state::want_write ? EPOLLOUT : EPOLLIN;
        auto ready = co_await one_shot_->wait(event);
        co_return ready;
    }
    const auto direction = what == io_state::want_write ? asio::ip::tcp::socket::wait_write
                                                        : asio::ip::tcp::socket::wait_read;
    const auto [error] = co_await socket_.async_wait(direction, nothrow);
    if (!error) co_return result<void>();
    if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
    co_return socket_failure(error.value());
}

inline awaitable<result<void>> connection::wait_to_send() {
    if (!one_shot_) return wait(io_state::want_write);
    return one_shot_->wait(EPOLLOUT | EPOLLIN);
}

}  // namespace ferry::http
