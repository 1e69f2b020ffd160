//! Connections, and how they break when they are told to.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::Request;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How a connection ends in place of the answer that it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Closed without an answer.
    Unanswered,
    /// Left open without an answer, until the client has had enough.
    Silent,
    /// Closed after this many bytes of the body.
    After(usize),
}

/// Serves connections until it is dropped, and with it every connection.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // An error here is about one connection that went away before it was taken.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve_one(stream, router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// axum's own server cannot close a connection without an answer; hyper's can, when its service
/// fails.
async fn serve_one(stream: TcpStream, router: Router) {
    // Without it, small answers wait for the peer's acknowledgements; failing to set it only costs
    // time.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = router.call(request);
        async move {
            let response: Response<Body> = match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            match response.extensions().get::<Broken>() {
                Some(Broken::Unanswered) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                // hyper drops this when the client hangs up.
                Some(Broken::Silent) => std::future::pending().await,
                Some(Broken::After(_)) | None => Ok(response),
            }
        }
    });
    // A connection that broke, by order or not, concerns nobody else.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A body that breaks off.
pub(crate) struct CutBody {
    head: Option<Bytes>,
    flushed: bool,
}

impl CutBody {
    /// The first `kept` bytes of `text`, then an error.
    pub(crate) fn new(text: &str, kept: usize) -> CutBody {
        let head = text.as_bytes().get(..kept).unwrap_or_default();
        CutBody { head: Some(Bytes::copy_from_slice(head)), flushed: false }
    }
}

impl hyper::body::Body for CutBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if !self.flushed {
            // hyper writes out what it has only when the body has nothing more for the moment.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))))
    }
}
